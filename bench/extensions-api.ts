import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ExtensionsApi extends AsyncDisposable {
  /** `host:port`, what AWS_LAMBDA_RUNTIME_API holds. */
  address: string;
}

/**
 * As much of Lambda's Extensions API as lets one extension start: it registers, and its wait for the next event never ends, so
 * that it does nothing but receive. An environment is not frozen here.
 */
export async function startExtensionsApi(): Promise<ExtensionsApi> {
  const server = http.createServer((request, response) => {
    request.resume();
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /2020-01-01/extension/event/next') return;
    if (route !== 'POST /2020-01-01/extension/register') {
      // Such as /extension/init/error: the bench says nothing of it, the extension's own log does.
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
      return;
    }
    response
      .writeHead(200, { 'content-type': 'application/json', 'lambda-extension-identifier': 'bench' })
      .end(JSON.stringify({ functionName: 'QuestionAnswering', functionVersion: '$LATEST', handler: 'index.handler' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
