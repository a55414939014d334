import { once } from 'node:events';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens on a free port of this machine. */
export interface Listening extends AsyncDisposable {
  port: number;
  /** `host:port` */
  address: string;
}

/** Lets an HTTP server listen on loopback, on a free port. Disposing of it ends its connections, whatever they wait for. */
export async function listenOnLoopback(server: http.Server): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
