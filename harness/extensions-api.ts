import { once } from 'node:events';
import http from 'node:http';
import { type Listening, listenOnLoopback } from './loopback.ts';

/** A request of the extension, as it came. */
export interface ApiRequest {
  /** Such as `POST /register`, without the version. */
  route: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** The answers to routes other than /next: a status and a body. `undefined`: the route is never answered. */
export type Answers = Record<string, [status: number, body: object] | undefined>;

const STANDARD: Answers = {
  'POST /register': [200, { functionName: 'QuestionAnswering', functionVersion: '$LATEST', handler: 'index.handler' }],
  'PUT /telemetry': [202, { errorType: 'Telemetry.NotSupported', errorMessage: '' }],
  'POST /init/error': [202, { status: 'OK' }],
};

/** How long `asked` waits, in milliseconds. */
const ASKED_MS = 10_000;
/** The time-out of the function, in milliseconds. There is no function: what invokes decides what happens meanwhile. */
const TIMEOUT_MS = 30_000;
const SHUTDOWN_MS = 2000;

/**
 * As much of Lambda's Extensions and Telemetry APIs as one extension needs. The extension gets an event when a test or benchmark says so,
 * and is never frozen.
 */
export class FakeExtensionsApi implements AsyncDisposable {
  /** All that came, in order. */
  readonly requests: ApiRequest[] = [];
  /** How far Lambda's clock is ahead of this machine's, in milliseconds. */
  aheadMs = 0;
  readonly #answers: Answers;
  /** When the extension asked for each of its events, on the clock of `performance.now`. */
  readonly #askedMs: number[] = [];
  #events = 0;
  #waiting: http.ServerResponse | undefined;
  readonly #server = http.createServer((request, response) => this.#take(request, response));
  #listening!: Listening;

  private constructor(answers: Answers) {
    this.#answers = { ...STANDARD, ...answers };
    this.#server.keepAliveTimeout = 0;
  }

  /** @param answers replace the standard ones, or add routes */
  static async start(answers: Answers = {}): Promise<FakeExtensionsApi> {
    const api = new FakeExtensionsApi(answers);
    api.#listening = await listenOnLoopback(api.#server);
    return api;
  }

  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return this.#listening.address;
  }

  get routes(): string[] {
    return this.requests.map(({ route }) => route);
  }

  /**
   * Waits until the extension has asked for its `count`th event.
   *
   * @param count by default, one more than it has been given: it waits for an event then
   * @returns the time at which it asked, on the clock of `performance.now`
   * @throws {Error} after 10 seconds
   */
  async asked(count = this.#events + 1): Promise<number> {
    const signal = AbortSignal.timeout(ASKED_MS);
    while (this.#askedMs.length < count) await once(this.#server, 'asked', { signal });
    return this.#askedMs[count - 1]!;
  }

  /** Gives the extension, which must wait for an event, an INVOKE. */
  invoke(requestId: string, timeoutMs = TIMEOUT_MS): void {
    this.#give({
      eventType: 'INVOKE',
      deadlineMs: this.#now() + timeoutMs,
      requestId,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:QuestionAnswering',
      tracing: { type: 'X-Amzn-Trace-Id', value: '' },
    });
  }

  /** Gives the extension, which must wait for an event, its last one. */
  shutdown(): void {
    this.#give({ eventType: 'SHUTDOWN', shutdownReason: 'spindown', deadlineMs: this.#now() + SHUTDOWN_MS });
  }

  /** Posts a batch of telemetry to the address that the extension asked for. */
  async telemetry(batch: object): Promise<void> {
    const { body } = this.requests.find(({ route }) => route === 'PUT /telemetry')!;
    const uri = (JSON.parse(body) as { destination: { URI: string } }).destination.URI;
    // Lambda's name for the machine is unknown on this one.
    await fetch(uri.replace('sandbox.localdomain', '127.0.0.1'), { method: 'POST', body: JSON.stringify(batch) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening[Symbol.asyncDispose]();
  }

  #now(): number {
    return Date.now() + this.aheadMs;
  }

  #give(event: object): void {
    const response = this.#waiting!;
    this.#waiting = undefined;
    this.#events += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(event));
  }

  #take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const atMs = performance.now();
    const { method, url, headers } = request;
    const route = `${method} ${url!.replace(/^\/[\d-]+(\/extension)?/, '')}`;
    if (route === 'GET /event/next') {
      request.resume();
      this.requests.push({ route, headers, body: '' });
      this.#waiting = response;
      this.#askedMs.push(atMs);
      this.#server.emit('asked');
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      this.requests.push({ route, headers, body });
      this.#answer(route, response);
    });
  }

  #answer(route: string, response: http.ServerResponse): void {
    const answer = route in this.#answers ? this.#answers[route] : ([404, {}] as const);
    if (answer === undefined) return;
    const [status, body] = answer;
    const headers = { 'content-type': 'application/json', 'lambda-extension-identifier': 'an-identifier' };
    response.writeHead(status, headers).end(JSON.stringify(body));
  }
}
