/** The answer cannot be expected before the deadline. */
export class DeadlineExceededError extends Error {
  override name = 'DeadlineExceededError';
}

/** What a model was measured to take, over all the answers that it has given. */
export interface ModelPace {
  /** How many windows it has run. */
  windows: number;
  /** Milliseconds a token, in the fastest of them. */
  fastest: number;
}

export const NOTHING_MEASURED: ModelPace = { windows: 0, fastest: Number.POSITIVE_INFINITY };

export interface DeadlineGuard {
  /** To be called again and again while a text is read, at least once for each piece of it: throws when there is no time left. */
  look(): void;
  /**
   * Runs a window, if it and the windows after it can be expected to end in time.
   *
   * @param tokens of the window
   * @param tokensAfter of all the windows after it
   * @throws DeadlineExceededError
   */
  inTime<T>(tokens: number, tokensAfter: number, runWindow: () => Promise<T>): Promise<T>;
}

/** So many windows tell what the least is that a model takes: the first ones are slow, and what they took would refuse every answer after them. */
const WINDOWS_TO_KNOW = 3;

/** So many calls of `look` cost less than one look at the clock. */
const CALLS_A_LOOK = 256;

/**
 * Keeps one answer within its time, by what its windows were measured to take, scaled by their tokens.
 *
 * - The next window must end in time at the slowest pace of this answer: it cannot be stopped. Before the first, the fastest pace that the model was
 *   ever seen at counts: it is no more than what must be expected, while a slow answer or a freeze would refuse every answer after it.
 * - All that are left must end in time at the fastest pace of this answer: what cannot be finished even so is refused after its first window. At the
 *   slowest, one window that was held up would refuse a long text that there is time for.
 *
 * @param remainingMs what is left before the deadline
 * @param now milliseconds on a clock that never goes back
 * @param model learns from this answer
 */
export function deadlineGuard(remainingMs: () => number, now: () => number, model: ModelPace): DeadlineGuard {
  const pace = { slowest: 0, fastest: Number.POSITIVE_INFINITY };
  let calls = 0;

  function neededMs(tokens: number, tokensAfter: number): number {
    if (pace.slowest > 0) return Math.max(tokens * pace.slowest, (tokens + tokensAfter) * pace.fastest);
    return model.windows < WINDOWS_TO_KNOW ? 0 : tokens * model.fastest;
  }

  return {
    look() {
      if (++calls % CALLS_A_LOOK !== 0) return;
      const left = remainingMs();
      if (left <= 0) throw new DeadlineExceededError(`Expected time to read the text, got ${Math.floor(left)} ms`);
    },
    async inTime(tokens, tokensAfter, runWindow) {
      const left = remainingMs();
      const needed = neededMs(tokens, tokensAfter);
      if (left <= needed) {
        throw new DeadlineExceededError(
          `Expected more than ${Math.ceil(needed)} ms for the ${tokens + tokensAfter} tokens to run, got ${Math.floor(left)} ms`,
        );
      }
      const started = now();
      const result = await runWindow();
      const msPerToken = (now() - started) / tokens;
      pace.slowest = Math.max(pace.slowest, msPerToken);
      pace.fastest = Math.min(pace.fastest, msPerToken);
      model.windows++;
      model.fastest = Math.min(model.fastest, msPerToken);
      return result;
    },
  };
}
