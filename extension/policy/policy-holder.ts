import type { Log } from '../log.ts';
import type { LoadFailure } from './policy-failure.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { type OnError, originOf, rulingOn, type State, type Version, WHY } from './policy-state.ts';

export interface HolderParts {
  /** While no document says. */
  onError: OnError;
  log: Log;
  /** Waits so many milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
}

/** Most that a request waits for the policy. A client waits for 250 ms. */
const SETTLING_MS = 150;

/** Holds the version of the policy that is in force, and decides by it. */
export class PolicyHolder implements Omit<PolicyInForce, 'look'> {
  readonly #parts: HolderParts;
  #state: State;
  readonly #settled: Promise<void>;
  #settle!: () => void;
  /** A request has waited in vain, so the others do not wait. */
  #waitedInVain = false;
  /** The version in force has failed on a record, and the log has told. */
  #threw = false;

  constructor(parts: HolderParts) {
    this.#parts = parts;
    this.#state = { kind: 'loading', onError: parts.onError };
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get state(): State {
    return this.#state;
  }

  /** From here on, this version decides. */
  take(version: Version): void {
    this.#threw = false;
    this.#become({ kind: 'ready', version });
  }

  /** What a document says that is not in force yet: it holds while none is. */
  announce(onError: OnError): void {
    if (this.#state.kind !== 'ready') this.#state = { ...this.#state, onError };
  }

  /** The policy could not be loaded. A version that is in force stays so. */
  fail({ wrong, cause }: Pick<LoadFailure, 'wrong' | 'cause'>): void {
    if (this.#state.kind !== 'ready') this.#become({ kind: 'failed', onError: this.#state.onError, wrong, cause });
  }

  record: PolicyInForce['record'] = (record) => rulingOn(this.#state, record, (error) => this.#onThrow(error));

  label: PolicyInForce['label'] = (label) => {
    if (this.#state.kind !== 'ready') return { unavailable: WHY[this.#state.kind] };
    try {
      return this.#state.version.policy.label(label);
    } catch (error) {
      this.#onThrow(error);
      return { unavailable: WHY.threw };
    }
  };

  settling(): Promise<void> | undefined {
    if (this.#state.kind !== 'loading' || this.#waitedInVain) return undefined;
    const inVain = this.#parts.sleep(SETTLING_MS).then(() => {
      this.#waitedInVain = true;
    });
    return Promise.race([this.#settled, inVain]);
  }

  status: PolicyInForce['status'] = () => {
    switch (this.#state.kind) {
      case 'loading':
        return { state: 'loading' };
      case 'ready':
        return { state: 'ready', id: this.#state.version.id };
      case 'failed':
        return { state: 'failed', cause: this.#state.cause };
    }
  };

  #become(state: State): void {
    this.#state = state;
    this.#settle();
  }

  #onThrow(error: unknown): void {
    if (this.#threw) return;
    this.#threw = true;
    this.#parts.log('ERROR', 'the policy failed on a record or a label, and nothing that it forbids is stored', {
      ...this.status(),
      origin: originOf(error),
    });
  }
}
