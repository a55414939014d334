import { freePort } from '../../emulator/listen.ts';

// These lie below the ports of outgoing connections, so that none of those takes the port of an extension that is being restarted.
const FIRST = 10_000;
const LAST = 30_000;
let next = FIRST + (process.pid % (LAST - FIRST));

/** A port that is free and that this process has not used before. */
export async function claimPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    next = next >= LAST ? FIRST : next + 1;
    const port = await freePort(next, 'chaos').catch(() => undefined);
    if (port !== undefined) return port;
  }
  throw new Error(`Expected a free port between ${FIRST} and ${LAST}, got none in 100 tries`);
}
