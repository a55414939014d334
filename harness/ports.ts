import { once } from 'node:events';
import net from 'node:net';

// Below the ports that Linux gives to outgoing connections: nobody gets one of these by chance while it is free for a moment.
const FIRST = 10_000;
const LAST = 32_767;
const TRIES = 100;

// Anywhere in the range, as other processes claim ports at the same time.
let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

/**
 * A port of loopback on which nobody listens, and which this process has not claimed before.
 *
 * @throws {Error} where a hundred ports in a row are taken
 */
export async function claimPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    next = next >= LAST ? FIRST : next + 1;
    const port = next;
    if (await isFree(port)) return port;
  }
  throw new Error(`Expected a free port between ${FIRST} and ${LAST}, got none in ${TRIES} tries`);
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
