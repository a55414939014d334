/** The answer cannot be expected before the deadline. */
export class DeadlineExceededError extends Error {
  override name = 'DeadlineExceededError';
}

/** How fast a model runs, measured over all answers so far. */
export interface ModelPace {
  /** How many windows the model has run. */
  windows: number;
  /** Milliseconds per token in the fastest window. */
  fastest: number;
}

export const NOTHING_MEASURED: ModelPace = { windows: 0, fastest: Number.POSITIVE_INFINITY };

export interface DeadlineGuard {
  /** Call it again and again while a text is read, at least once for each piece. @throws DeadlineExceededError when no time is left */
  checkTime(): void;
  /**
   * Runs a window, if it and the windows after it are expected to end in time.
   *
   * @param tokens of the window
   * @param tokensAfter of all the windows after it
   * @throws DeadlineExceededError
   */
  inTime<T>(tokens: number, tokensAfter: number, runWindow: () => Promise<T>): Promise<T>;
}

/** How many windows it takes to know the model's fastest pace. The first windows are slow, and their pace alone would refuse every later answer. */
const WINDOWS_BEFORE_KNOWN = 3;

/** The clock is read once in so many calls of `checkTime`, as reading it costs more than they do. */
const CALLS_PER_CLOCK_READ = 256;

/**
 * Keeps one answer within its time. The expectation is how long its windows took so far, scaled by their tokens.
 *
 * - The next window must end in time at the slowest pace of this answer, since a run cannot be stopped. Before the first window, the fastest pace that the model ever had
 *   counts. No window can be expected to be faster, while a pace measured in a slow answer or over a freeze would refuse every later answer.
 * - All remaining windows must end in time at the fastest pace of this answer. If they cannot, the answer is refused after its first window. At the slowest pace, a single
 *   window that was held up would refuse a long text that there is time for.
 *
 * @param remainingMs what is left before the deadline
 * @param now milliseconds on a clock that never goes back
 * @param model is updated with each window
 */
export function deadlineGuard(remainingMs: () => number, now: () => number, model: ModelPace): DeadlineGuard {
  const pace = { slowest: 0, fastest: Number.POSITIVE_INFINITY };
  let calls = 0;

  function neededMs(tokens: number, tokensAfter: number): number {
    if (pace.slowest > 0) return Math.max(tokens * pace.slowest, (tokens + tokensAfter) * pace.fastest);
    return model.windows < WINDOWS_BEFORE_KNOWN ? 0 : tokens * model.fastest;
  }

  return {
    checkTime() {
      if (++calls % CALLS_PER_CLOCK_READ !== 0) return;
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
