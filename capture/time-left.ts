/** The longest time-out that a function can have: 15 minutes, in milliseconds. */
const LONGEST_MS = 15 * 60 * 1000;

/** How much of the function's time is kept for sending the response, and is never spent on handing over a record, in milliseconds. */
export const RESPONSE_MS = 100;

/** Tells how much is left of an invocation's time, in milliseconds, on a clock that never goes back. */
export type TimeLeft = () => number;

/**
 * Measures the time of each invocation.
 *
 * Lambda's deadline is a time of day, and a machine's clock can be set or can jump after a sleep. So Lambda is asked once, when the invocation begins, and from there the time is
 * measured. If the answer is impossible (nothing left, or more than 15 minutes), the clock was set in between. Then the time that the invocation before had counts, since the
 * time-out is the same. Before the first invocation with a possible answer, nothing is known.
 *
 * @param now milliseconds on a clock that never goes back
 * @returns a function of Lambda's `getRemainingTimeInMillis`. It returns undefined where nothing is known
 */
export function createTimekeeper(now: () => number): (getRemainingTimeInMillis?: () => number) => TimeLeft | undefined {
  let lastMs: number | undefined;
  return (getRemainingTimeInMillis) => {
    if (getRemainingTimeInMillis === undefined) return undefined;
    const startedMs = now();
    const remainingMs = getRemainingTimeInMillis();
    if (remainingMs > 0 && remainingMs <= LONGEST_MS) lastMs = remainingMs;
    const allowedMs = lastMs;
    return allowedMs === undefined ? undefined : () => allowedMs - (now() - startedMs);
  };
}
