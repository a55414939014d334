import http from 'node:http';
import { logsDropped, type TelemetryEvent } from './platform-events.ts';
import type { Subscription } from './subscription.ts';

/** How many bytes of JSON may wait for a subscriber. Events beyond that are dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 1000;
/** How long to wait for an answer, in milliseconds, without the time in which the environment is frozen. */
const ANSWER_MS = 5000;

/**
 * Delivers events to one subscriber: buffers them, posts JSON arrays one after the other, and posts each again until the subscriber takes it.
 * While the environment is frozen it sends nothing.
 */
export class Subscriber {
  readonly #subscription: Subscription;
  readonly #wallMs: () => number;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  /** As JSON, oldest first. */
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = { events: 0, bytes: 0 };
  #due: NodeJS.Timeout | undefined;
  #dueNow = false;
  #paused = false;
  #closed = false;
  #posting = false;
  #retryMs = FIRST_RETRY_MS;

  /** @param wallMs the wall clock, in milliseconds since 1970 */
  constructor(subscription: Subscription, wallMs: () => number) {
    this.#subscription = subscription;
    this.#wallMs = wallMs;
  }

  add(event: TelemetryEvent & { time: string }): void {
    if (!this.#subscription.types.includes(event.type.split('.')[0]!)) return;
    this.#append(event);
  }

  /** The environment is frozen: its clocks stand still. */
  pause(): void {
    this.#paused = true;
    clearTimeout(this.#due);
    this.#due = undefined;
  }

  /** The environment is thawed: events that were due are sent at once. */
  resume(): void {
    this.#paused = false;
    this.#plan();
  }

  /** The environment ends: all events that wait are due now. */
  hurry(): void {
    this.#dueNow = true;
    this.resume();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#due);
    this.#agent.destroy();
  }

  #append(event: TelemetryEvent & { time: string }): void {
    const json = JSON.stringify(event);
    if (this.#waitingBytes + json.length > MAX_WAITING_BYTES) {
      this.#dropped.events += 1;
      this.#dropped.bytes += json.length;
      return;
    }
    this.#waiting.push(json);
    this.#waitingBytes += json.length;
    this.#plan();
  }

  #plan(): void {
    if (this.#paused || this.#closed || this.#posting || this.#waiting.length === 0) return;
    const { maxItems, maxBytes, timeoutMs } = this.#subscription.buffering;
    if (this.#dueNow || this.#waiting.length >= maxItems || this.#waitingBytes >= maxBytes) void this.#deliver();
    else this.#due ??= setTimeout(() => void this.#deliver(), timeoutMs);
  }

  async #deliver(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    this.#posting = true;
    const batch = this.#waiting.slice(0, this.#batchLength());
    const taken = await this.#post(`[${batch.join()}]`);
    this.#posting = false;
    if (!taken) {
      if (this.#paused || this.#closed) return;
      this.#due = setTimeout(() => void this.#deliver(), this.#retryMs);
      this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.#waiting.splice(0, batch.length);
    this.#waitingBytes -= batch.reduce((sum, { length }) => sum + length, 0);
    const { events, bytes } = this.#dropped;
    this.#dropped = { events: 0, bytes: 0 };
    if (events > 0) this.#append({ time: new Date(this.#wallMs()).toISOString(), ...logsDropped(events, bytes) });
    this.#plan();
  }

  /** How many of the events that wait go into one array; at least one. */
  #batchLength(): number {
    const { maxItems, maxBytes } = this.#subscription.buffering;
    let length = 0;
    for (let bytes = 0; length < Math.min(this.#waiting.length, maxItems); length++) {
      bytes += this.#waiting[length]!.length;
      if (length > 0 && bytes > maxBytes) break;
    }
    return length;
  }

  /** @returns whether the subscriber took it */
  #post(body: string): Promise<boolean> {
    return new Promise((resolve) => {
      const options = {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      };
      const request = http.request(this.#subscription.url, options, (response) => {
        response.resume();
        response.on('close', () => settle((response.statusCode ?? 500) < 300));
      });
      request.on('error', () => settle(false));
      request.end(body);
      let waitedMs = 0;
      const STEP_MS = 500;
      const timer = setInterval(() => {
        if (!this.#paused) waitedMs += STEP_MS;
        if (waitedMs >= ANSWER_MS) request.destroy();
      }, STEP_MS);
      timer.unref();
      const settle = (taken: boolean) => {
        clearInterval(timer);
        resolve(taken);
      };
    });
  }
}
