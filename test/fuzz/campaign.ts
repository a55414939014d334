import type { Stats } from '../../capture/wire.ts';
import { attemptOf } from './attempt.ts';
import { createSender } from './sender.ts';
import type { Target } from './target.ts';

export interface Plan {
  /** The number of attempts. Each follows from a seed of its own: `seed`, `seed + 1`, and so on. */
  requests: number;
  seed: number;
}

export interface Outcome {
  /** What went wrong: the seed of the attempt, or the first one of its burst and how many it has, and why. */
  failures: { seed: number; requests: number; why: string }[];
  /** Memory of the extension after the first bursts, the most after any burst, and at the end, in MB. */
  rssMb: { first: number; most: number; last: number };
  stats: Stats;
  ms: number;
}

/** After so many attempts the extension is looked at. */
const BURST = 2000;
const SENDERS = 16;
/** By then the heap has its size, and its code is compiled. */
const WARM_BURSTS = 5;
/** Most that the memory may grow from there on, in MB. */
const GROWTH_MB = 64;
/** So many failures are enough to see what is wrong. */
const MAX_FAILURES = 20;

/** Sends the attempts of a plan, and looks at the extension after each burst. */
export async function campaign(
  { requests, seed }: Plan,
  target: Target,
  onBurst: (done: number, outcome: Outcome) => void = () => {},
): Promise<Outcome> {
  const startMs = performance.now();
  const outcome: Outcome = { failures: [], rssMb: { first: 0, most: 0, last: 0 }, stats: await target.stats(), ms: 0 };
  for (let done = 0, bursts = 1; done < requests && outcome.failures.length < MAX_FAILURES; bursts++) {
    const burst = { seed: seed + done, requests: Math.min(BURST, requests - done) };
    outcome.failures.push(...(await send(burst, target)));
    const why = await look(target, outcome, bursts).catch((error: Error) => target.fault() ?? String(error));
    if (why !== undefined) outcome.failures.push({ ...burst, why });
    done += burst.requests;
    outcome.ms = performance.now() - startMs;
    onBurst(done, outcome);
    if (target.fault() !== undefined) break;
  }
  return outcome;
}

/** Sends a burst, by several senders at once. */
async function send({ seed, requests }: Plan, { port }: Target): Promise<Outcome['failures']> {
  const failures: Outcome['failures'] = [];
  let next = seed;
  const oneAfterAnother = async () => {
    const sender = createSender(port);
    while (next < seed + requests) {
      const own = next++;
      const why = await sender.send(attemptOf(own));
      if (why !== undefined) failures.push({ seed: own, requests: 1, why });
    }
    return sender;
  };
  const senders = await Promise.all(Array.from({ length: SENDERS }, oneAfterAnother));
  for (const sender of senders) sender.close();
  return failures;
}

/** @returns what is wrong with the extension after a burst */
async function look(target: Target, outcome: Outcome, bursts: number): Promise<string | undefined> {
  await target.invoke();
  const rss = await target.rssMb();
  const { rssMb } = outcome;
  if (bursts <= WARM_BURSTS) rssMb.first = Math.max(rssMb.first, rss);
  rssMb.most = Math.max(rssMb.most, rss);
  rssMb.last = rss;
  outcome.stats = await target.stats();
  const { received, delivered, logged, dropped, leftOut, pending } = outcome.stats;
  const counted = delivered + logged + sum(dropped) + sum(leftOut) + pending;
  if (received !== counted) return `Expected ${received} records in all counts together, got ${counted}`;
  if (dropped.INTERNAL_ERROR > 0) return 'Expected no fault of the extension, got one';
  if (rss > rssMb.first + GROWTH_MB)
    return `Expected ${rssMb.first.toFixed()} MB and at most ${GROWTH_MB} more, got ${rss.toFixed()} MB`;
  return target.fault();
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
