import { afterFailure, afterPermanentFailure, type BreakerPolicy, CLOSED } from '../../capture/breaker.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import type { Log } from '../log.ts';
import type { PolicyCache } from './policy-cache.ts';
import { type LoadFailure, loadFailureOf } from './policy-failure.ts';
import type { PolicyHolder } from './policy-holder.ts';
import { isRemote } from './policy-key.ts';
import type { PolicySource, PolicyText } from './policy-source.ts';
import { isDue } from './policy-state.ts';
import { documentOf, versionOf } from './policy-version.ts';

export interface LoaderParts {
  holder: PolicyHolder;
  source: PolicySource;
  /** Has the last good document, where the source may be out of reach. */
  cache: PolicyCache | undefined;
  /** The key that a document names. @throws where it cannot be had */
  keyOf: (document: PolicyDocument, signal: AbortSignal) => Promise<Buffer | undefined>;
  refreshMs: number;
  log: Log;
  /** Milliseconds on a monotonic clock that goes on while the environment is frozen. */
  ageNow: () => number;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
  /** From 0 to 1. @default Math.random */
  random?: () => number;
}

/** Most milliseconds that one attempt may take. */
const ATTEMPT_MS = 2_000;
/** Attempts in a row, where the cause may pass by itself. */
const ATTEMPTS = 3;
const BACKOFF_MS = 100;
/** Attempts that have not ended after so many milliseconds were cut by a freeze, and wait for a connection that is dead. */
const STALE_MS = 10_000;
/** Between rows of attempts. */
const BREAKER: BreakerPolicy = { threshold: 1, openMs: 500, maxOpenMs: 60_000 };

/** Loads a policy from its source, and again when it may have changed. What it cannot load leaves the version that is in force as it is. */
export class PolicyLoader {
  readonly #parts: LoaderParts;
  /** Of the document that was read last, good or wrong. */
  #etag: string | undefined;
  /** Why that document is wrong, if it is. */
  #wrong: LoadFailure | undefined;
  #checkedMs = 0;
  #breaker = CLOSED;
  #underWay: { sinceMs: number; given: AbortController } | undefined;
  /** The failure that the log has told last, until it is over. */
  #told: LoadFailure | undefined;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  /**
   * Takes a document that is on this machine, so that it decides from the first record on. If its key is elsewhere, {@link look} gets that. If
   * its source may have another one, the document is of an earlier process, and its source is asked at once.
   *
   * @param read undefined where there is none
   */
  async open(read: () => PolicyText | undefined): Promise<void> {
    const { source, holder } = this.#parts;
    try {
      const text = read();
      if (text === undefined) return;
      const document = await documentOf(text.text);
      holder.announce(document.onError);
      if (isRemote(document.key)) return;
      this.#take(await this.#compile(text, document, new AbortController().signal));
      if (source.changes) this.#checkedMs = Number.NEGATIVE_INFINITY;
    } catch (error) {
      if (!source.changes) this.#fail(loadFailureOf(error));
    }
  }

  /** Begins to load where that is due, and waits for nothing. */
  look(): void {
    const { holder, source, refreshMs, ageNow } = this.#parts;
    const nowMs = ageNow();
    if (this.#underWay !== undefined && nowMs - this.#underWay.sinceMs < STALE_MS) return;
    this.#underWay?.given.abort();
    const { changes } = source;
    const schedule = { state: holder.state, changes, refreshMs, checkedMs: this.#checkedMs, breaker: this.#breaker };
    if (!isDue(schedule, nowMs)) return;
    const underWay = { sinceMs: nowMs, given: new AbortController() };
    this.#underWay = underWay;
    void this.#load(underWay.given.signal).finally(() => {
      if (this.#underWay === underWay) this.#underWay = undefined;
    });
  }

  /** @param givenUp aborts where other attempts have taken the place of these */
  async #load(givenUp: AbortSignal): Promise<void> {
    const { sleep, random = Math.random } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const signal = AbortSignal.any([givenUp, AbortSignal.timeout(ATTEMPT_MS)]);
      try {
        const loaded = await unless(signal, this.#attempt(signal));
        if (loaded === 'unchanged') return this.#unchanged();
        this.#parts.cache?.write(loaded.text); // first: whoever reads that it is in force may start the next process
        return this.#take(loaded);
      } catch (error) {
        if (givenUp.aborted) return;
        const failure = loadFailureOf(error);
        if (!failure.passes || attempt === ATTEMPTS) return this.#fail(failure);
        await sleep(random() * BACKOFF_MS * 2 ** attempt);
      }
    }
  }

  async #attempt(signal: AbortSignal): Promise<Loaded | 'unchanged'> {
    const { source, holder } = this.#parts;
    const text = await source.read(this.#etag, signal);
    if (text === 'unchanged') return text;
    try {
      const document = await documentOf(text.text);
      holder.announce(document.onError);
      return await this.#compile(text, document, signal);
    } catch (error) {
      const failure = loadFailureOf(error);
      if (failure.wrong) [this.#etag, this.#wrong] = [text.etag, failure]; // the same document need not be read again
      throw error;
    }
  }

  async #compile(text: PolicyText, document: PolicyDocument, signal: AbortSignal): Promise<Loaded> {
    const { keyOf, ageNow } = this.#parts;
    const key = await keyOf(document, signal);
    return { text, document, version: await versionOf(document, { text: text.text, key, now: ageNow }) };
  }

  #take({ text, document, version }: Loaded): void {
    const { holder, source, log, ageNow } = this.#parts;
    holder.take(version);
    this.#etag = text.etag;
    this.#wrong = undefined;
    this.#checkedMs = ageNow();
    this.#breaker = CLOSED;
    this.#told = undefined;
    log('INFO', 'the policy is in force', {
      place: source.name,
      policy: version.id,
      redactionRules: document.redaction.length,
      samplingRules: document.sampling?.rules.length ?? 0,
    });
  }

  #unchanged(): void {
    const { holder, source, log, ageNow } = this.#parts;
    this.#checkedMs = ageNow();
    if (this.#wrong !== undefined) {
      this.#fail(this.#wrong);
      return;
    }
    this.#breaker = CLOSED;
    if (this.#told !== undefined) {
      log('INFO', 'the policy can be loaded again, and has not changed', { place: source.name, ...holder.status() });
    }
    this.#told = undefined;
  }

  #fail(failure: LoadFailure): void {
    const { holder, source, log, ageNow } = this.#parts;
    const after = failure.passes ? afterFailure : afterPermanentFailure;
    this.#breaker = after(this.#breaker, BREAKER, ageNow());
    holder.fail(failure);
    const { cause, remedy, wrong } = failure;
    const isTold = this.#told?.wrong === wrong && (wrong ? this.#told.cause === cause : this.#told.remedy === remedy);
    this.#told = failure;
    if (isTold) return; // the attempts go on
    const fields = { place: source.name, cause, remedy };
    const { state } = holder;
    if (state.kind === 'ready' && wrong) {
      log('ERROR', 'the new version of the policy is wrong: the version before it stays in force', {
        ...fields,
        policy: state.version.id,
      });
    } else if (state.kind === 'ready') {
      log('WARN', 'the policy cannot be loaded again: the version before stays in force', {
        ...fields,
        policy: state.version.id,
      });
    } else if (state.onError === 'metadata') {
      log('ERROR', 'there is no policy: records are stored without their payloads until there is one', fields);
    } else log('ERROR', 'there is no policy: no record is stored until there is one', fields);
  }
}

interface Loaded {
  text: PolicyText;
  document: PolicyDocument;
  version: Awaited<ReturnType<typeof versionOf>>;
}

/** The same, or the abort of a signal if that comes first: not everything below an attempt heeds its signal. */
function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
