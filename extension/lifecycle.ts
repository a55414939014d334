import type { Stats } from '../capture/wire.ts';
import type { Delivery } from './delivery.ts';
import type { ExtensionEvent, ExtensionsApi } from './extensions-api.ts';
import { REMEMBERED_INVOCATIONS, recordWaitMs, shouldFlush } from './flush-policy.ts';
import type { Intake } from './intake.ts';
import type { Log } from './log.ts';
import type { Receiver } from './receiver.ts';
import type { RecordArrivals } from './record-arrivals.ts';
import type { Spool } from './spool/spool.ts';

export interface LifecycleParts {
  api: ExtensionsApi;
  receiver: Receiver;
  intake: Intake;
  arrivals: RecordArrivals;
  spool: Spool;
  delivery: Delivery;
  stats: () => Stats;
  log: Log;
  /** Milliseconds since the epoch. */
  now: () => number;
  batchAgeMs: number;
  flushBudgetMs: number;
}

/** Left of an invocation's time when a delivery ends: the function's time-out must not strike because of it. */
const INVOKE_MARGIN_MS = 250;
/** Left of the shutdown's time when the last delivery ends, for the log and the exit. */
const SHUTDOWN_MARGIN_MS = 200;
/** Most that requests under way are waited for at shutdown. */
const DRAIN_MS = 100;

/** Follows the life of the environment, from the first event to SHUTDOWN. */
export async function live(parts: LifecycleParts): Promise<void> {
  const { api, arrivals, spool, delivery, log, now, batchAgeMs, flushBudgetMs } = parts;
  const invocationsMs: number[] = [];
  let invocationsWithoutRecord = 0;

  function flushExpected(openedMs = spool.openedMs): boolean {
    const state = { nowMs: now(), invocationsMs, sealedSegments: spool.sealedSegments, openedMs, batchAgeMs };
    return delivery.ready && shouldFlush(state);
  }

  async function afterInvoke({ requestId, deadlineMs }: Invoke): Promise<void> {
    invocationsMs.push(now());
    if (invocationsMs.length > REMEMBERED_INVOCATIONS) invocationsMs.shift();

    // The function posts its record just before it answers: from then on a delivery takes nothing of the caller's time.
    const waitMs = recordWaitMs(flushExpected(spool.openedMs ?? now()), invocationsWithoutRecord, flushBudgetMs);
    const came = await arrivals.within(waitMs, requestId);
    if (came) invocationsWithoutRecord = 0;
    else if (waitMs > 0) invocationsWithoutRecord += 1;

    spool.sealIfFinished();
    if (!flushExpected()) return;
    spool.seal();
    await delivery.deliver(Math.min(now() + flushBudgetMs, deadlineMs - INVOKE_MARGIN_MS));
  }

  async function shutDown({ shutdownReason, deadlineMs }: Shutdown): Promise<void> {
    await parts.receiver.drain(Math.min(DRAIN_MS, deadlineMs - now()));
    parts.intake.close();
    spool.seal();
    await delivery.deliver(deadlineMs - SHUTDOWN_MARGIN_MS, true);
    const stats = parts.stats();
    const dropped = Object.fromEntries(Object.entries(stats.dropped).filter(([, records]) => records > 0));
    const fields = { shutdownReason, ...stats, dropped };
    if (stats.pending === 0) log('INFO', 'shut down; all records are delivered', fields);
    else log('ERROR', 'shut down with records that could not be delivered; they stay in the spool', fields);
  }

  for (;;) {
    const event = await api.next();
    if (event.eventType === 'SHUTDOWN') return shutDown(event);
    // Whatever goes wrong with the records, the environment must go on.
    await afterInvoke(event).catch((error: Error) =>
      log('ERROR', 'work after an invocation failed', { cause: error.message }),
    );
  }
}

/** Asks for events and does nothing with them, until SHUTDOWN: an extension that cannot work must not take the function down. */
export async function idle(api: ExtensionsApi): Promise<void> {
  while ((await api.next()).eventType !== 'SHUTDOWN');
}

type Invoke = Extract<ExtensionEvent, { eventType: 'INVOKE' }>;
type Shutdown = Extract<ExtensionEvent, { eventType: 'SHUTDOWN' }>;
