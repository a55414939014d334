import http from 'node:http';
import * as v from 'valibot';

/** What Lambda sends. Times are milliseconds since the epoch. */
const ExtensionEvent = v.variant('eventType', [
  v.object({ eventType: v.literal('INVOKE'), deadlineMs: v.number(), requestId: v.string() }),
  v.object({ eventType: v.literal('SHUTDOWN'), deadlineMs: v.number(), shutdownReason: v.string() }),
]);
export type ExtensionEvent = v.InferOutput<typeof ExtensionEvent>;

export interface ExtensionsApi {
  /** Registers for INVOKE and SHUTDOWN. @throws when Lambda refuses */
  register(name: string): Promise<void>;
  /** Says that the work on the last event is done, and waits for the next: however long the environment is frozen. */
  next(): Promise<ExtensionEvent>;
}

const PATH = '/2020-01-01/extension';

/**
 * The client of Lambda's Extensions API.
 *
 * @param address `host:port`, from AWS_LAMBDA_RUNTIME_API
 */
export function createExtensionsApi(address: string): ExtensionsApi {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let identifier = '';

  // node:http and no time-out: an environment may be frozen for hours in the middle of this request, and fetch gives up after 300 s.
  function call(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const request = http.request(`http://${address}${PATH}${path}`, { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve({ headers: response.headers, text });
          else reject(new Error(`Expected 200 from ${method} ${PATH}${path}, got ${response.statusCode}: ${text}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  return {
    async register(name) {
      const headers = { 'Lambda-Extension-Name': name, 'Content-Type': 'application/json' };
      const reply = await call('POST', '/register', headers, JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] }));
      identifier = String(reply.headers['lambda-extension-identifier']);
    },
    async next() {
      const reply = await call('GET', '/event/next', { 'Lambda-Extension-Identifier': identifier });
      return v.parse(ExtensionEvent, JSON.parse(reply.text));
    },
  };
}

interface Reply {
  headers: http.IncomingHttpHeaders;
  text: string;
}
