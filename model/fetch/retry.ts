import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from './fetch-error.ts';

export interface RetryOptions {
  /** Most attempts, the first one included. */
  attempts: number;
  /** The longest wait before the second attempt, in milliseconds. It doubles with each further attempt. */
  baseMs: number;
  /** Called after every failure that another attempt follows. */
  note: (line: string) => void;
}

/** The longest wait between two attempts, even where the hub asks for a longer one. */
const MAX_WAIT_MS = 60_000;

/** Repeats an attempt that fails with a TransientError. The waits grow; up to half of each is random, so that many clients do not return at once. */
export async function retrying<T>(attempt: () => Promise<T>, { attempts, baseMs, note }: RetryOptions): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError) || tried >= attempts) throw error;
      const backoffMs = baseMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2);
      const waitMs = Math.min(MAX_WAIT_MS, Math.max(backoffMs, error.retryAfterMs ?? 0));
      note(`${error.message}; attempt ${tried + 1} of ${attempts} in ${(waitMs / 1000).toFixed(1)} s`);
      await sleep(waitMs);
    }
  }
}
