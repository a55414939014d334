import type { ExtensionsApi, InvokeEvent } from '../lambda/extensions-api.ts';
import { traceOf } from '../log.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import {
  completionWaitMs,
  type FlushState,
  type FlushStrategy,
  REMEMBERED_INVOCATIONS,
  shouldFlush,
  shouldFlushByTimer,
} from './flush-policy.ts';
import type { InvocationCompletions } from './invocation-completions.ts';
import { type ShutdownNotice, type ShutdownParts, shutDown } from './shutdown.ts';

export interface LifecycleParts extends ShutdownParts {
  policy: Pick<PolicyInForce, 'look'>;
  flushStrategy: FlushStrategy;
  batchAgeMs: number;
  /** For ages: milliseconds on a monotonic clock that goes on while the environment is frozen. */
  ageNow: () => number;
}

export interface EventLifecycleParts extends LifecycleParts {
  api: ExtensionsApi;
  completions: InvocationCompletions;
  flushBudgetMs: number;
  /** Called with the first event: if the environment is a copy of another, it has been made by then. */
  onFirstEvent: () => void;
}

/** Left of an invocation's time when a delivery ends: the function's time-out must not strike because of it. */
const INVOKE_MARGIN_MS = 250;

/** Follows an environment that is frozen between its events, from the first one to SHUTDOWN. */
export async function followEvents(parts: EventLifecycleParts): Promise<void> {
  const { api, completions, spool, delivery, log, now, ageNow, flushBudgetMs } = parts;
  const invocationsMs: number[] = [];

  const state = (): FlushState => ({ ...spoolState(parts), invocationsMs });

  async function afterInvoke({ requestId, deadlineMs }: InvokeEvent): Promise<void> {
    invocationsMs.push(ageNow());
    if (invocationsMs.length > REMEMBERED_INVOCATIONS) invocationsMs.shift();

    const leftMs = deadlineMs - INVOKE_MARGIN_MS - now();
    const { telemetry, withoutRecord } = completions;
    const waitState = { ...state(), telemetry, withoutRecord, budgetMs: flushBudgetMs, leftMs };
    await completions.wait(requestId, completionWaitMs(waitState));

    spool.sealIfFinished();
    if (!shouldFlush(state())) return;
    spool.seal();
    await delivery.deliver(Math.min(now() + flushBudgetMs, deadlineMs - INVOKE_MARGIN_MS));
    parts.metrics.afterDelivery();
  }

  for (let first = true; ; first = false) {
    const next = api.next();
    if (first) setImmediate(() => parts.policy.look()); // the request has gone by then: the start does not wait for a policy
    const event = await next;
    // Whatever goes wrong with the records, the environment must go on.
    try {
      if (first) parts.onFirstEvent();
      if (event.eventType === 'INVOKE') {
        parts.policy.look();
        await afterInvoke(event);
      }
    } catch (error) {
      log('ERROR', 'work after an invocation failed', { cause: traceOf(error) });
    }
    if (event.eventType === 'SHUTDOWN') return shutDown(parts, event);
  }
}

/** How often an environment that is never frozen is looked at. */
const POLL_MS = 500;
/** Most that one delivery may take when nobody waits for it. */
const DELIVERY_MS = 30_000;

/** Follows an environment that is never frozen, or that sends no events, by looking at it again and again until its shutdown. */
export async function followTimer(
  parts: LifecycleParts & { sleep: (ms: number, signal: AbortSignal) => Promise<unknown> },
  shutdown: Promise<ShutdownNotice>,
): Promise<void> {
  const { spool, delivery, log, now, sleep } = parts;
  const ended = new AbortController();
  const { signal } = ended;
  shutdown.finally(() => ended.abort()).catch(() => {}); // the last line of this function awaits it, and gets the error

  async function look(): Promise<void> {
    parts.policy.look();
    spool.sealIfFinished();
    if (!shouldFlushByTimer(spoolState(parts))) return;
    spool.seal();
    await delivery.deliver(now() + DELIVERY_MS, { signal });
    parts.metrics.afterDelivery();
  }

  while (!signal.aborted) {
    await look().catch((error: Error) => log('ERROR', 'work on a timer failed', { cause: traceOf(error) }));
    await sleep(POLL_MS, signal);
  }
  return shutDown(parts, await shutdown);
}

function spoolState(parts: LifecycleParts): Omit<FlushState, 'invocationsMs'> {
  const { spool, delivery, ageNow, batchAgeMs, flushStrategy } = parts;
  return {
    strategy: flushStrategy,
    nowMs: ageNow(),
    sealedSegments: spool.due.filter(({ kind }) => delivery.takes(kind)).length,
    openedMs: spool.openedMs,
    batchAgeMs,
    deliveredMs: delivery.completedMs,
    spoolShort: spool.isShort,
    destinationReady: delivery.ready,
  };
}
