import type { ExtensionsApi, InvokeEvent } from '../lambda/extensions-api.ts';
import { endWaitMs, type FlushState, REMEMBERED_INVOCATIONS, shouldFlush, shouldFlushByTimer } from './flush-policy.ts';
import type { InvocationEnds } from './invocation-ends.ts';
import { type Ending, type ShutdownParts, shutDown } from './shutdown.ts';

export interface LifecycleParts extends ShutdownParts {
  batchAgeMs: number;
  /** For ages: milliseconds on a clock that nobody sets, and that goes on while the environment is frozen. */
  ageNow: () => number;
}

export interface EventLifecycleParts extends LifecycleParts {
  api: ExtensionsApi;
  ends: InvocationEnds;
  flushBudgetMs: number;
  /** Called with the first event: if the environment is a copy of another, it has been made by then. */
  onFirstEvent: () => void;
}

/** Left of an invocation's time when a delivery ends: the function's time-out must not strike because of it. */
const INVOKE_MARGIN_MS = 250;

/** Follows the life of an environment that is frozen between its events, from the first one to SHUTDOWN. */
export async function live(parts: EventLifecycleParts): Promise<void> {
  const { api, ends, spool, delivery, log, now, ageNow, flushBudgetMs } = parts;
  const invocationsMs: number[] = [];

  const state = (): FlushState => ({ ...spoolState(parts), invocationsMs });

  async function afterInvoke({ requestId, deadlineMs }: InvokeEvent): Promise<void> {
    invocationsMs.push(ageNow());
    if (invocationsMs.length > REMEMBERED_INVOCATIONS) invocationsMs.shift();

    const leftMs = deadlineMs - INVOKE_MARGIN_MS - now();
    const { telemetry, withoutRecord } = ends;
    await ends.within(endWaitMs({ ...state(), telemetry, withoutRecord, budgetMs: flushBudgetMs, leftMs }), requestId);

    spool.sealIfFinished();
    if (!shouldFlush(state())) return;
    spool.seal();
    await delivery.deliver(Math.min(now() + flushBudgetMs, deadlineMs - INVOKE_MARGIN_MS));
    parts.metrics.afterDelivery();
  }

  for (let first = true; ; first = false) {
    const event = await api.next();
    // Whatever goes wrong with the records, the environment must go on.
    try {
      if (first) parts.onFirstEvent();
      if (event.eventType === 'INVOKE') await afterInvoke(event);
    } catch (error) {
      log('ERROR', 'work after an invocation failed', { cause: (error as Error).message });
    }
    if (event.eventType === 'SHUTDOWN') return shutDown(parts, event);
  }
}

/** How often an environment that is never frozen is looked at. */
const POLL_MS = 500;
/** Most that one delivery may take when nobody waits for it. */
const DELIVERY_MS = 30_000;

/** Follows the life of an environment that is never frozen, or that sends no events, to its end. */
export async function liveByTimer(
  parts: LifecycleParts & { sleep: (ms: number, signal: AbortSignal) => Promise<unknown> },
  end: Promise<Ending>,
): Promise<void> {
  const { spool, delivery, log, now, sleep } = parts;
  const ended = new AbortController();
  const { signal } = ended;
  end.finally(() => ended.abort()).catch(() => {}); // whoever awaits `end` below hears of it

  async function turn(): Promise<void> {
    spool.sealIfFinished();
    if (!shouldFlushByTimer(spoolState(parts))) return;
    spool.seal();
    await delivery.deliver(now() + DELIVERY_MS, { signal });
    parts.metrics.afterDelivery();
  }

  while (!signal.aborted) {
    await turn().catch((error: Error) => log('ERROR', 'work on a timer failed', { cause: error.message }));
    await sleep(POLL_MS, signal);
  }
  return shutDown(parts, await end);
}

function spoolState({ spool, delivery, ageNow, batchAgeMs }: LifecycleParts): Omit<FlushState, 'invocationsMs'> {
  return {
    nowMs: ageNow(),
    sealedSegments: spool.sealed.length,
    openedMs: spool.openedMs,
    batchAgeMs,
    destinationReady: delivery.ready,
  };
}
