import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from './fetch-error.ts';

export interface RetryOptions {
  /** The first one included. */
  attempts: number;
  /** Before the second attempt; doubled before each further one, in milliseconds. */
  baseMs: number;
  /** Told of every failure that is followed by another attempt. */
  note: (line: string) => void;
}

/** Longest wait between two attempts, also where the hub asks for more. */
const MAX_WAIT_MS = 60_000;

/** Tries again after a TransientError, each time after a longer wait of which up to half is drawn by chance. */
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
