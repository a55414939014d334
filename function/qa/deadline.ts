/** The answer cannot be expected before the deadline. */
export class DeadlineExceededError extends Error {
  override name = 'DeadlineExceededError';
}

/**
 * Runs the windows of one answer as long as there is time: before each, the slowest so far must fit into what is left. The first runs if
 * there is any time at all. What earlier answers took does not count: a freeze or one slow start would refuse every answer after it.
 *
 * @param remainingMs what is left before the deadline
 * @param now milliseconds on a clock that never goes back
 */
export function deadlineGuard(
  remainingMs: () => number,
  now: () => number,
): <T>(runWindow: () => Promise<T>) => Promise<T> {
  let slowestMs = 0;
  return async (runWindow) => {
    const left = remainingMs();
    if (left <= slowestMs) {
      throw new DeadlineExceededError(
        `Expected more than ${Math.ceil(slowestMs)} ms for the next window of the text, got ${Math.floor(left)} ms`,
      );
    }
    const started = now();
    const result = await runWindow();
    slowestMs = Math.max(slowestMs, now() - started);
    return result;
  };
}
