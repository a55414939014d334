import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ExtensionsApi extends AsyncDisposable {
  /** `host:port`, what AWS_LAMBDA_RUNTIME_API holds. */
  address: string;
  /** Resolves when the extension waits for an event, with the time at which it asked, on the clock of `performance.now`. */
  asked(): Promise<number>;
  /** Hands an INVOKE to the extension, which must be waiting for one. */
  invoke(requestId: string): void;
}

/** The time-out of the function that there is none of, in milliseconds: no deadline comes near. */
const TIMEOUT_MS = 30_000;

/**
 * As much of Lambda's Extensions API as one extension needs: it registers, and gets the events that the bench hands out. There is no
 * Telemetry API, and an environment is not frozen here.
 */
export async function startExtensionsApi(): Promise<ExtensionsApi> {
  let waiting: { atMs: number; response: http.ServerResponse } | undefined;
  let onAsked: ((atMs: number) => void) | undefined;
  const server = http.createServer((request, response) => {
    const atMs = performance.now();
    request.resume();
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /2020-01-01/extension/event/next') {
      waiting = { atMs, response };
      onAsked?.(atMs);
      return;
    }
    if (route !== 'POST /2020-01-01/extension/register') {
      // Such as /extension/init/error: the bench says nothing of it, the extension's own log does.
      json(response, 202, { errorMessage: 'Not supported', errorType: 'NotSupported' });
      return;
    }
    response.setHeader('lambda-extension-identifier', 'bench');
    json(response, 200, { functionName: 'QuestionAnswering', functionVersion: '$LATEST', handler: 'index.handler' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => {
      if (waiting) return Promise.resolve(waiting.atMs);
      return new Promise((resolve) => {
        onAsked = resolve;
      });
    },
    invoke(requestId) {
      const { response } = waiting!;
      waiting = undefined;
      onAsked = undefined;
      json(response, 200, {
        eventType: 'INVOKE',
        deadlineMs: Date.now() + TIMEOUT_MS,
        requestId,
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:QuestionAnswering',
        tracing: { type: 'X-Amzn-Trace-Id', value: '' },
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function json(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
