import { type TelemetryEvent, telemetrySubscription } from './platform-events.ts';
import { Subscriber } from './subscriber.ts';
import type { Subscription } from './subscription.ts';

/** How many events of init are kept, so that an extension which subscribes in the middle of init gets the earlier ones too. */
const MAX_HISTORY = 1000;

/** Passes on what happens in one environment to the extensions that have subscribed to it. */
export class Telemetry {
  readonly #wallMs: () => number;
  // One for each extension: its second subscription replaces its first.
  readonly #subscribers = new Map<string, Subscriber>();
  #history: (TelemetryEvent & { time: string })[] | undefined = [];

  /** @param wallMs the wall clock, in milliseconds since 1970 */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  emit(event: TelemetryEvent): void {
    const timed = { time: new Date(this.#wallMs()).toISOString(), ...event };
    if (this.#history && this.#history.length < MAX_HISTORY) this.#history.push(timed);
    for (const subscriber of this.#subscribers.values()) subscriber.add(timed);
  }

  /** @param name of the extension */
  subscribe(name: string, subscription: Subscription): void {
    this.#subscribers.get(name)?.close();
    const subscriber = new Subscriber(subscription, this.#wallMs);
    this.#subscribers.set(name, subscriber);
    for (const event of this.#history ?? []) subscriber.add(event);
    this.emit(telemetrySubscription(name, subscription.types));
  }

  /** Init is over: no extension can subscribe any more. */
  closeSubscription(): void {
    this.#history = undefined;
  }

  pause(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.pause();
  }

  resume(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.resume();
  }

  hurry(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.hurry();
  }

  close(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.close();
  }
}
