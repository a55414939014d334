import type { CaptureClient } from '../capture/client.ts';
import type { CapturedPayload, Exchange } from '../capture/exchange.ts';
import type { Log } from '../capture/log.ts';
import { senderOf } from '../capture/sender.ts';
import { createTimekeeper, RESPONSE_MS, type TimeLeft } from '../capture/time-left.ts';
import { toldHeaders } from '../capture/told-headers.ts';
import { MAX_ID_LENGTH } from '../capture/wire.ts';
import { errorBody, faultOf, nameOf } from './faults.ts';
import { contentOfEvent, headersOf } from './http.ts';
import type { Answer, CapturedExchange, CaptureOptions, InvocationContext } from './options.ts';
import { payloadOf, UNREADABLE } from './payload.ts';

export interface RecorderParts {
  client: CaptureClient;
  log: Log;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** The X-Ray trace id of the present invocation. */
  traceId: () => string | undefined;
  /** The headers of a request that its record tells the policy of, by lower-case name. */
  headers?: readonly string[];
}

/** How the handler of an invocation ended. */
export type Outcome<R> = { result: R } | { error: unknown; result?: R | undefined };

/** An invocation whose handler runs. */
export interface Invocation<R> {
  /** What is left of its time, where that is known. */
  timeLeft: TimeLeft | undefined;
  /** Sends its records, and waits until each is safe, at most as long as a `send` of the client takes. Never rejects. */
  ended(outcome: Outcome<R>): Promise<void>;
}

/** Makes the records of one handler's invocations. */
export interface Recorder<E, R, C> {
  /** Begins an invocation. Never throws. */
  begin(event: E, context: C): Invocation<R>;
}

export function createRecorder<E, R, C extends InvocationContext | undefined>(
  parts: RecorderParts,
  options: CaptureOptions<E, R, C>,
  answerOf: (result: R) => Answer,
): Recorder<E, R, C> {
  const { client, log, now, traceId, headers = [] } = parts;
  const timeLeftOf = createTimekeeper(now);
  let coldStart = true;

  /** What a callback of the user gives. One that throws must not break the function: its record is counted as lost. */
  function attempt<T>(make: () => T, otherwise: T): T {
    try {
      return make();
    } catch (error) {
      log('ERROR', 'a record cannot be made', faultOf(error));
      return otherwise;
    }
  }

  const payload = (content: () => unknown): CapturedPayload => attempt(() => payloadOf(content(), options), UNREADABLE);

  function idOf(id: string | undefined): string | undefined {
    if (id === undefined || (typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_LENGTH)) return id;
    log('WARN', 'a record has no inferenceId', { expected: `1 to ${MAX_ID_LENGTH} characters`, got: kindOf(id) });
    return undefined;
  }

  /** What a record has where the options say nothing. */
  function standard(outcome: Outcome<R>): Answer & { errorCode?: string } {
    if (!('error' in outcome)) return answerOf(outcome.result);
    const { error, result } = outcome;
    const answer = result === undefined ? { output: errorBody(error), status: 500 } : answerOf(result);
    return { ...answer, errorCode: nameOf(error) };
  }

  function begin(event: E, context: C): Invocation<R> {
    const startedMs = now();
    const timeLeft = attempt(() => timeLeftOf(context?.getRemainingTimeInMillis?.bind(context)), undefined);
    const { input = contentOfEvent, output, inferenceId, records } = options;
    // Before the handler, which may change its event.
    const sender = attempt(() => ({ ...senderOf(event), headers: toldHeaders(headers, headersOf(event)) }), undefined);
    const one = records === undefined && {
      input: payload(() => input(event, context)),
      inferenceId: attempt(() => idOf(inferenceId?.(event, context)), undefined),
    };

    function exchangesOf(outcome: Outcome<R>): Exchange[] {
      const { output: content, ...fields } = standard(outcome);
      const common = {
        ...fields,
        requestId: context?.awsRequestId || 'unknown',
        latencyMs: now() - startedMs,
        coldStart,
        traceId: traceId(),
        ...sender,
      };
      if (one !== false) {
        const own = 'error' in outcome || output === undefined ? undefined : output;
        const given = () => (own === undefined ? content : own(outcome.result as R, event, context));
        return [{ ...common, ...one, output: payload(given) }];
      }
      const made = attempt<readonly CapturedExchange[] | undefined>(
        () => Array.from(records!(event, outcome.result, context), recordOf),
        undefined,
      );
      if (made === undefined) return [{ ...common, input: UNREADABLE, output: UNREADABLE }];
      return made.map((each) => ({
        ...common,
        ...definedOf(each),
        input: payload(() => each.input),
        output: payload(() => ('output' in each ? each.output : content)),
        inferenceId: idOf(each.inferenceId),
      }));
    }

    async function send(exchange: Exchange): Promise<void> {
      const result = await client.send(exchange, timeLeft && Math.max(1, timeLeft() - RESPONSE_MS));
      const { requestId } = exchange;
      if (!result.accepted) log('ERROR', 'a record was not captured', { ...result, requestId });
    }

    return {
      timeLeft,
      async ended(outcome) {
        const exchanges = attempt(() => exchangesOf(outcome), []);
        coldStart = false;
        const sent = await Promise.allSettled(exchanges.map(send));
        for (const each of sent) {
          if (each.status === 'rejected') log('ERROR', 'a record was not captured', faultOf(each.reason));
        }
      },
    };
  }

  return { begin };
}

/** A record has no field that is undefined on purpose, where it would hide what is known. */
function definedOf({ status, errorCode, modelDigest, customAttributes }: CapturedExchange) {
  const fields = { status, errorCode, modelDigest, customAttributes };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function recordOf(value: unknown): CapturedExchange {
  if (typeof value === 'object' && value !== null) return value as CapturedExchange;
  throw new TypeError(`Expected records to be objects, got a ${typeof value}`);
}

function kindOf(value: unknown): string {
  return typeof value === 'string' ? `${value.length} characters` : typeof value;
}
