import http from 'node:http';
import * as v from 'valibot';
import type { Clocks } from '../clocks.ts';
import { deadlines } from './deadlines.ts';

export type EventType = 'INVOKE' | 'SHUTDOWN';

/** What Lambda sends. Times are milliseconds since the epoch. */
const ExtensionEvent = v.variant('eventType', [
  v.object({ eventType: v.literal('INVOKE'), deadlineMs: v.number(), requestId: v.string() }),
  v.object({ eventType: v.literal('SHUTDOWN'), deadlineMs: v.number(), shutdownReason: v.string() }),
]);
/** An event that a later Lambda may send, and that is passed over. */
const UnknownEvent = v.object({ eventType: v.pipe(v.string(), v.notValues(['INVOKE', 'SHUTDOWN'])) });
export type ExtensionEvent = v.InferOutput<typeof ExtensionEvent>;
export type InvokeEvent = Extract<ExtensionEvent, { eventType: 'INVOKE' }>;
export type ShutdownEvent = Extract<ExtensionEvent, { eventType: 'SHUTDOWN' }>;

export interface ExtensionsApi {
  /** @throws when Lambda refuses */
  register(name: string, events: readonly EventType[]): Promise<void>;
  /**
   * Asks for telemetry about invocations, to be posted to a port of this environment. Only while the environment starts.
   *
   * @throws when Lambda has none, refuses, or does not answer in time
   */
  subscribeTelemetry(port: number): Promise<void>;
  /**
   * Says that the work on the last event is done, and waits for the next: however long the environment is frozen. Its deadline is on the
   * clock of `now`.
   */
  next(): Promise<ExtensionEvent>;
  /**
   * Says that the environment must not start.
   *
   * @param errorType such as `Extension.ConfigInvalid`
   * @throws when Lambda refuses
   */
  initError(errorType: string, errorMessage: string): Promise<void>;
}

const EXTENSION = '/2020-01-01/extension';
/** The telemetry schema. Managed Instances require this one, and it is right for all others. */
const SCHEMA_VERSION = '2025-01-29';
/** Most milliseconds that the start waits for telemetry, without which the extension works too. */
const SUBSCRIBE_MS = 250;

/**
 * The client of Lambda's Extensions API and Telemetry API.
 *
 * @param address `host:port`, from AWS_LAMBDA_RUNTIME_API
 */
export function createExtensionsApi(address: string, clocks: Pick<Clocks, 'now' | 'wallNow'>): ExtensionsApi {
  const deadline = deadlines(clocks);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let identifier = '';

  // node:http and no time-out: an environment may be frozen for hours in the middle of this request, and fetch gives up after 300 s.
  function call({ method, path, headers, body, expected = 200, signal }: Call): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const identified = { ...headers, ...(identifier && { 'Lambda-Extension-Identifier': identifier }) };
      const request = http.request(
        `http://${address}${path}`,
        { method, agent, headers: identified, signal },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === expected) resolve({ headers: response.headers, text });
            else reject(new Error(`Expected ${expected} from ${method} ${path}, got ${response.statusCode}: ${text}`));
          });
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? '' : JSON.stringify(body));
    });
  }

  return {
    async register(name, events) {
      const headers = { 'Lambda-Extension-Name': name, 'Content-Type': 'application/json' };
      const reply = await call({ method: 'POST', path: `${EXTENSION}/register`, headers, body: { events } });
      identifier = String(reply.headers['lambda-extension-identifier']);
    },
    async subscribeTelemetry(port) {
      await call({
        method: 'PUT',
        path: '/2022-07-01/telemetry',
        headers: { 'Content-Type': 'application/json' },
        body: {
          schemaVersion: SCHEMA_VERSION,
          types: ['platform'],
          destination: { protocol: 'HTTP', URI: `http://sandbox.localdomain:${port}` },
          buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 }, // the least of each that Lambda allows
        },
        signal: AbortSignal.timeout(SUBSCRIBE_MS),
      });
    },
    async next() {
      for (;;) {
        deadline.asked();
        const json: unknown = JSON.parse((await call({ path: `${EXTENSION}/event/next` })).text);
        if (v.is(UnknownEvent, json)) continue;
        const event = v.parse(ExtensionEvent, json);
        return { ...event, deadlineMs: deadline.of(event) };
      }
    },
    async initError(errorType, errorMessage) {
      const headers = { 'Lambda-Extension-Function-Error-Type': errorType, 'Content-Type': 'application/json' };
      const body = { errorType, errorMessage, stackTrace: [] };
      await call({ method: 'POST', path: `${EXTENSION}/init/error`, headers, body, expected: 202 });
    },
  };
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT';
  path: string;
  headers?: http.OutgoingHttpHeaders;
  body?: object;
  expected?: number;
  signal?: AbortSignal;
}

interface Reply {
  headers: http.IncomingHttpHeaders;
  text: string;
}
