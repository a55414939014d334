import { freePort } from '../../emulator/http/listen.ts';

// Below the ports that the system gives to outgoing connections: while an extension is being restarted, nobody shall take its port.
const FIRST = 10_000;
const LAST = 30_000;
let next = FIRST + (process.pid % (LAST - FIRST));

/** A port that nobody listens on and nobody here has had before. */
export async function claimPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    next = next >= LAST ? FIRST : next + 1;
    const port = await freePort(next, 'chaos').catch(() => undefined);
    if (port !== undefined) return port;
  }
  throw new Error(`Expected a free port between ${FIRST} and ${LAST}, found none`);
}
