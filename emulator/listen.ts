import net from 'node:net';
import type { FastifyInstance } from 'fastify';
import { StartError } from './start-error.ts';

/** How long a request may take to come, in milliseconds: who connects and says nothing does not stay for ever. */
export const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Starts to listen on 127.0.0.1.
 *
 * @param port 0 for any free one
 * @param flag the one that changes the port, for the message
 * @returns the port
 * @throws {StartError} when the port is in use, or needs rights that one does not have
 */
export async function listen(app: FastifyInstance, port: number, flag: string): Promise<number> {
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    throw portError(error, port, flag);
  }
  return (app.server.address() as net.AddressInfo).port;
}

/**
 * Makes sure that a port is free for somebody else to listen on, at this moment.
 *
 * @returns the port; a free one for 0
 * @throws {StartError} as `listen`
 */
export function freePort(port: number, flag: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => reject(portError(error, port, flag)));
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address() as net.AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

function portError(error: unknown, port: number, flag: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use. End what listens on it, or choose another with ${flag} PORT (0: any free one).`,
    );
  }
  if (code === 'EACCES')
    return new StartError(`Port ${port} needs more rights. Choose one above 1023 with ${flag} PORT.`);
  return new StartError(`Cannot listen on 127.0.0.1:${port} (${flag}): ${message}`);
}
