import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import * as extensions from './state-machine/extension.ts';
import {
  ending,
  type Fault,
  failed,
  handedOut,
  type InitializationType,
  invoked,
  type Lifecycle,
  launched,
  type ShutdownReason,
  subscribers,
} from './state-machine/lifecycle.ts';
import * as runtime from './state-machine/runtime.ts';

/** An event, as the runtime's /next hands it out. `endsAtMs`: when its time is over, by the monotonic clock. */
export interface InvokeEvent {
  requestId: string;
  payload: Buffer;
  endsAtMs: number;
  functionArn: string;
  traceId: string;
  clientContext?: string | undefined;
}

/** An event, as the extensions' /next hands it out. `endsAtMs` as above. */
export type ExtensionEvent =
  | {
      eventType: 'INVOKE';
      endsAtMs: number;
      requestId: string;
      invokedFunctionArn: string;
      tracing: { type: 'X-Amzn-Trace-Id'; value: string };
    }
  | { eventType: 'SHUTDOWN'; endsAtMs: number; shutdownReason: ShutdownReason };

/** The runtime's answer to an event. `tooLarge` is the length in bytes of a payload over the limit; then `payload` is empty. */
export interface RuntimeAnswer {
  kind: 'response' | 'error';
  payload: Buffer;
  contentType: string;
  tooLarge?: number;
}

/** How a wait ended. */
export type Outcome = 'met' | 'fault' | 'deadline';

/**
 * What the Runtime API and the Extensions API act upon, for one set of processes: the lifecycle, and the /next requests that wait for
 * an event. A method that answers a request throws a `Refusal` and changes nothing when the request is not allowed.
 */
export class Control {
  #life: Lifecycle;
  #event: InvokeEvent | undefined;
  #answer: RuntimeAnswer | undefined;
  #shutdown: ExtensionEvent | undefined;
  #waitingRuntime: ((event: InvokeEvent) => void) | undefined;
  // One entry for each extension in the state Ready.
  readonly #waitingExtensions = new Map<string, (event: ExtensionEvent) => void>();
  readonly #toldOfShutdown = new Set<string>();
  readonly #watchers = new Set<() => void>();
  readonly #clock: Clock;

  /** @param extensionNames the external extensions that are being started */
  constructor(extensionNames: readonly string[], clock: Clock, initializationType?: InitializationType) {
    this.#life = launched(extensionNames, initializationType);
    this.#clock = clock;
  }

  get life(): Lifecycle {
    return this.#life;
  }

  /** The runtime's answer to the current invocation; undefined until there is one. */
  get answer(): RuntimeAnswer | undefined {
    return this.#answer;
  }

  /** Moves the lifecycle on. For changes that no request to the APIs causes. */
  change(step: (life: Lifecycle) => Lifecycle): void {
    this.#life = step(this.#life);
    for (const watcher of [...this.#watchers]) watcher();
  }

  fail(fault: Fault): void {
    this.change((life) => failed(life, fault));
  }

  /** Waits until a condition holds, a fault occurs, or the monotonic clock shows `atMs`, whichever is first. */
  until(met: (life: Lifecycle) => boolean, atMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(outcome);
      };
      const look = () => {
        if (met(this.#life)) settle('met');
        else if (this.#life.fault) settle('fault');
      };
      const timer = setTimeout(() => settle('deadline'), Math.max(0, atMs - this.#clock.monotonicMs()));
      this.#watchers.add(look);
      look();
    });
  }

  /**
   * The deadline of an event, in milliseconds since 1970: the wall clock's time now, plus what is left of the event's time. It must be
   * computed when the event is sent: before that, the user may still set the wall clock.
   */
  deadlineMs(endsAtMs: number): number {
    return Math.floor(this.#clock.wallMs() + endsAtMs - this.#clock.monotonicMs());
  }

  /** Hands an event to the runtime and to the extensions that subscribed to INVOKE. All of them must wait for an event. */
  invoke(event: InvokeEvent): void {
    const told = subscribers(this.#life, 'INVOKE');
    this.#event = event;
    this.#answer = undefined;
    this.change((life) => invoked(life, event.requestId));
    this.#waitingRuntime?.(event);
    for (const { id } of told) {
      this.#hand(id, {
        eventType: 'INVOKE',
        endsAtMs: event.endsAtMs,
        requestId: event.requestId,
        invokedFunctionArn: event.functionArn,
        tracing: { type: 'X-Amzn-Trace-Id', value: event.traceId },
      });
    }
  }

  /** Tells every extension that subscribed to SHUTDOWN. A busy one hears of it when it asks for its next event. */
  shutdown(shutdownReason: ShutdownReason, endsAtMs: number): void {
    this.#shutdown = { eventType: 'SHUTDOWN', endsAtMs, shutdownReason };
    this.change(ending);
    for (const { id } of subscribers(this.#life, 'SHUTDOWN')) this.#handShutdown(id, this.#shutdown);
  }

  runtimeNext(): Promise<InvokeEvent> | InvokeEvent {
    const next = runtime.runtimeNext(this.#life);
    if (next.runtime === 'Running' && this.#event) return this.#event;
    return new Promise((resolve) => {
      this.#waitingRuntime = resolve;
      this.change(() => next);
    });
  }

  runtimeAnswer(requestId: string, answer: RuntimeAnswer): void {
    const next = runtime.runtimeAnswer(this.#life, requestId, answer.kind);
    this.#answer = answer;
    this.change(() => next);
  }

  runtimeInitError(errorType: string | undefined, payload: Buffer): void {
    this.change((life) => runtime.runtimeInitError(life, errorType, payload));
  }

  /** @returns the extension's identifier */
  register(name: string, events: readonly string[]): string {
    const id = randomUUID();
    this.change((life) => extensions.register(life, name, events, id));
    return id;
  }

  nextEvent(identifier: string | undefined): Promise<ExtensionEvent> {
    const { id } = extensions.identified(this.#life, identifier);
    const next = extensions.extensionNext(this.#life, id);
    return new Promise((resolve) => {
      this.#waitingExtensions.set(id, resolve);
      this.change(() => next);
      const shutdown = this.#shutdown;
      if (shutdown && subscribers(this.#life, 'SHUTDOWN').some((one) => one.id === id))
        this.#handShutdown(id, shutdown);
    });
  }

  extensionError(kind: 'init' | 'exit', identifier: string | undefined, errorType: string): void {
    const { id } = extensions.identified(this.#life, identifier);
    const step = kind === 'init' ? extensions.extensionInitError : extensions.extensionExitError;
    this.change((life) => step(life, id, errorType));
  }

  // Only once: an extension that asks again after SHUTDOWN waits until it is killed.
  #handShutdown(id: string | undefined, event: ExtensionEvent): void {
    if (id === undefined || this.#toldOfShutdown.has(id)) return;
    this.#toldOfShutdown.add(id);
    this.change((life) => handedOut(life, [id]));
    this.#hand(id, event);
  }

  #hand(id: string | undefined, event: ExtensionEvent): void {
    const waiting = this.#waitingExtensions.get(id ?? '');
    this.#waitingExtensions.delete(id ?? '');
    waiting?.(event);
  }
}
