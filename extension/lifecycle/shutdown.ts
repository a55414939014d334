import type { Stats } from '../../capture/wire.ts';
import { presentReasons } from '../accounting/counters.ts';
import type { Metrics } from '../accounting/metrics.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Intake } from '../intake/intake.ts';
import { type Log, traceOf } from '../log.ts';
import type { Receiver } from '../receiver/receiver.ts';
import type { Spool } from '../spool/spool.ts';

export interface ShutdownParts {
  receiver: Receiver;
  intakes: readonly Pick<Intake, 'close'>[];
  spool: Spool;
  delivery: Delivery;
  /** Saves the records that could not be delivered, if they are not to stay in the spool. Takes a deadline. */
  lastResort: ((deadlineMs: number) => Promise<void>) | undefined;
  metrics: Metrics;
  stats: () => Stats;
  log: Log;
  /** Milliseconds on a monotonic clock. */
  now: () => number;
}

/** Why the environment ends, and when at the latest, on the clock of `now`. */
export interface ShutdownNotice {
  shutdownReason: string;
  deadlineMs: number;
}

/** Left of the shutdown's time for the last log line and the exit. */
const MARGIN_MS = 200;
/** Left of the shutdown's time for the last resort, if there is one. */
const LAST_RESORT_MS = 500;
/** Most that requests under way are waited for. */
const DRAIN_MS = 100;
/** Segments on their way at once: delivery.ts bounds what they take of the memory. */
const LANES = 4;

/** Ends the capture: takes no more records, and delivers those in the spool within the time that is left. */
export async function shutDown(parts: ShutdownParts, { shutdownReason, deadlineMs }: ShutdownNotice): Promise<void> {
  const { receiver, intakes, spool, delivery, lastResort, metrics, log, now } = parts;
  const endMs = deadlineMs - MARGIN_MS;
  const logFailure = (error: Error) => log('ERROR', 'a step of the shutdown failed', { cause: traceOf(error) });

  await receiver.drain(Math.min(DRAIN_MS, endMs - now())).catch(logFailure);
  for (const intake of intakes) intake.close();
  spool.seal();
  await delivery
    .deliver(lastResort ? endMs - LAST_RESORT_MS : endMs, { lastChance: true, lanes: LANES })
    .catch(logFailure);
  if (spool.pending > 0) await lastResort?.(endMs).catch(logFailure);

  metrics.atEnd();
  const stats = parts.stats();
  const { dropped, leftOut, labels, payloads } = stats;
  const all = (count: 'pending' | 'logged') => stats[count] + labels[count] + payloads[count];
  const fields = { shutdownReason, ...stats, dropped: presentReasons(dropped), leftOut: presentReasons(leftOut) };
  if (all('pending') > 0) {
    log('ERROR', 'shut down with records that could not be delivered; they stay in the spool', fields);
  } else if (all('logged') > 0) log('ERROR', 'shut down; records that could not be delivered are in this log', fields);
  else if (isLossy(stats))
    log('ERROR', 'shut down; all accepted records are delivered, and other records are lost', fields);
  else if (Object.values(leftOut).some((records) => records > 0))
    log('INFO', 'shut down; all records that the policy keeps are delivered', fields);
  else log('INFO', 'shut down; all records are delivered', fields);
}

/** Whether a record is lost. A duplicate is none, because the record itself is there. */
function isLossy({ dropped, notCaptured, labels, payloads }: Stats): boolean {
  const lost = (counts: Partial<Record<string, number>>) =>
    Object.entries(counts).some(([reason, count = 0]) => reason !== 'DUPLICATE' && count > 0);
  return [dropped, notCaptured, labels.dropped, payloads.dropped].some(lost);
}
