import { randomBytes } from 'node:crypto';
import type { InvokeEvent, RuntimeAnswer } from './control.ts';
import { endLine, type Report, reportLine, startLine, timeoutText } from './platform-log.ts';
import type { Fault } from './state-machine/lifecycle.ts';
import { MAX_RESPONSE_BYTES } from './state-machine/runtime.ts';

/** What a caller wants the function to work on. */
export interface InvocationRequest {
  /** JSON. */
  payload: Buffer;
  /** As in `X-Amzn-Trace-Id`. Where it is absent, the invocation gets a new one. */
  traceId?: string | undefined;
  /** JSON, as in the runtime's `Lambda-Runtime-Client-Context`. */
  clientContext?: string | undefined;
}

/** What the caller gets. With `functionError` the payload describes an error. */
export interface Answer {
  payload: Buffer;
  contentType: string;
  functionError?: 'Unhandled';
}

interface InvocationEnd {
  durationMs: number;
  initDurationMs: number | undefined;
  peakMemoryBytes: number;
  fault: Fault | 'timeout' | undefined;
}

/** How much of the log `X-Amz-Log-Result` holds. */
const LOG_TAIL_BYTES = 4096;

/** One invocation. The caller gets the first of answer, failure and refusal. */
export class Invocation {
  readonly requestId: string;
  readonly traceId: string;
  /** What the caller gets. Settles when the runtime has answered. */
  readonly answered: Promise<Answer>;
  /** Resolves when the REPORT line is written. */
  readonly finished: Promise<void>;
  readonly #request: InvocationRequest;
  readonly #limits: { memoryMb: number; timeoutMs: number };
  #settle!: PromiseWithResolvers<Answer>;
  #finish!: () => void;
  #tail = Buffer.alloc(0);

  constructor(requestId: string, request: InvocationRequest, limits: { memoryMb: number; timeoutMs: number }) {
    this.requestId = requestId;
    this.#request = request;
    this.#limits = limits;
    this.traceId = request.traceId ?? newTraceId();
    this.#settle = Promise.withResolvers();
    this.answered = this.#settle.promise;
    this.answered.catch(() => {}); // the caller may have gone away
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  event(functionArn: string): Omit<InvokeEvent, 'endsAtMs'> {
    const { payload, clientContext } = this.#request;
    return { requestId: this.requestId, payload, functionArn, traceId: this.traceId, clientContext };
  }

  /** The last lines of the log that are from this invocation, at most 4 KB. */
  logTail(): Buffer {
    return this.#tail;
  }

  logged(line: string): void {
    this.#tail = Buffer.concat([this.#tail, Buffer.from(`${line}\n`)]).subarray(-LOG_TAIL_BYTES);
  }

  started(log: (line: string) => void): void {
    log(startLine(this.requestId));
  }

  answer({ kind, payload, contentType, tooLarge }: RuntimeAnswer): void {
    if (tooLarge === undefined) {
      this.#settle.resolve({ payload, contentType, ...(kind === 'error' && { functionError: 'Unhandled' }) });
      return;
    }
    const errorMessage = `Response payload size (${tooLarge} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    this.fail({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  }

  fail(fault: Fault | 'timeout'): void {
    const cause = fault === 'timeout' ? this.#timeout() : fault;
    const errorMessage = `RequestId: ${this.requestId} Error: ${cause.errorMessage}`;
    const payload = cause.payload ?? Buffer.from(JSON.stringify({ errorType: cause.errorType, errorMessage }));
    this.#settle.resolve({ payload, contentType: 'application/json', functionError: 'Unhandled' });
  }

  refuse(error: Error): void {
    this.#settle.reject(error);
    this.#finish();
  }

  /** Writes the lines that Lambda writes at the end of an invocation. @returns what the REPORT line says */
  ended(log: (line: string) => void, { fault, ...end }: InvocationEnd): Report {
    const { requestId } = this;
    if (fault === 'timeout') log(`${new Date().toISOString()} ${requestId} ${timeoutText(this.#limits.timeoutMs)}`);
    else if (fault) log(`RequestId: ${requestId} Error: ${fault.errorMessage}\n${fault.errorType}`);
    log(endLine(requestId));
    const status = fault === undefined ? {} : fault === 'timeout' ? { status: 'timeout' as const } : failure(fault);
    const report = { requestId, memoryMb: this.#limits.memoryMb, ...end, ...status };
    log(reportLine(report));
    this.#finish();
    return report;
  }

  #timeout(): Fault {
    return { errorType: 'Sandbox.Timedout', errorMessage: timeoutText(this.#limits.timeoutMs) };
  }
}

function failure({ errorType }: Fault): { status: 'error'; errorType: string } {
  return { status: 'error', errorType };
}

function newTraceId(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${time}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
