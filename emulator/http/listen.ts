import { once } from 'node:events';
import net from 'node:net';
import type { FastifyInstance } from 'fastify';
import { StartError } from '../start-error.ts';

/** How long a request may take to arrive, in milliseconds: a client that connects and sends nothing is cut off. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** How many ports to try where any free one will do: a port that is free on ::1 may be in use on 127.0.0.1. */
const MAX_TRIES = 10;

/**
 * Starts to listen on 127.0.0.1, and on ::1 where the machine has it: `localhost` means one of them or both, depending on the machine.
 *
 * @param port 0 for any that is free on both
 * @param option what chooses another port, for the message: `--port PORT`
 * @returns the port
 * @throws {StartError} where the port is in use on one of them, or needs more rights
 */
export async function listen(app: FastifyInstance, port: number, option: string): Promise<number> {
  let ipv6: net.Server | undefined;
  app.addHook('preClose', async () => {
    if (ipv6) await closed(ipv6, app);
  });
  for (let tries = 1; ; tries++) {
    try {
      ipv6 = await listenOnIpv6(app, port);
      const chosen = ipv6 ? portOf(ipv6) : port;
      await app.listen({ host: '127.0.0.1', port: chosen });
      return portOf(app.server);
    } catch (error) {
      if (ipv6) await closed(ipv6, app);
      const again = port === 0 && tries < MAX_TRIES && (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!again) throw portError(error, port, option);
    }
  }
}

/** A second listener of the same HTTP server, on ::1; undefined where there is no IPv6. */
async function listenOnIpv6(app: FastifyInstance, port: number): Promise<net.Server | undefined> {
  const options = { allowHalfOpen: true, noDelay: true }; // what node:http sets for its own server
  const listener = net.createServer(options, (socket) => app.server.emit('connection', socket)).listen(port, '::1');
  try {
    await once(listener, 'listening');
    return listener;
  } catch (error) {
    if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Waits until every request is answered. Connections that are only kept alive are closed at once. */
async function closed(listener: net.Server, app: FastifyInstance): Promise<void> {
  const end = once(listener, 'close');
  listener.close();
  app.server.closeIdleConnections();
  await end;
}

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

/**
 * Makes sure that a port is free at this moment, for another process to listen on.
 *
 * @returns the port; a free one for 0
 * @throws {StartError} as `listen`
 */
export function freePort(port: number, option = 'another port'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => reject(portError(error, port, option)));
    server.listen(port, '127.0.0.1', () => {
      const found = portOf(server);
      server.close(() => resolve(found));
    });
  });
}

function portError(error: unknown, port: number, option: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use. End what listens on it, or choose another with ${option} (0: any free one).`,
    );
  }
  if (code === 'EACCES') return new StartError(`Port ${port} needs more rights. Choose one above 1023 with ${option}.`);
  return new StartError(`Cannot listen on port ${port} (${option}): ${message}`);
}
