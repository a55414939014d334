/** The longest time-out that a function can have: 15 minutes. */
const LONGEST_MS = 15 * 60 * 1000;

/** What is left of an invocation's time, in milliseconds, on a clock that never goes back. */
export type TimeLeft = () => number;

/**
 * Tells the time of each invocation.
 *
 * Lambda's deadline is a time of day, and a machine's clock can be set, or jump after a sleep. So it is asked once, when an invocation begins, and measured from
 * there. What no function can have left then (nothing, or more than 15 minutes) comes from a clock that was set in between: then what the
 * invocation before it had counts, as the time-out is the same, and before the first one nothing is known.
 *
 * @param now milliseconds on a clock that never goes back
 * @returns a function of what Lambda tells, which gives undefined where nothing is known
 */
export function createTimekeeper(now: () => number): (getRemainingTimeInMillis?: () => number) => TimeLeft | undefined {
  let believed: number | undefined;
  return (getRemainingTimeInMillis) => {
    if (getRemainingTimeInMillis === undefined) return undefined;
    const startedMs = now();
    const told = getRemainingTimeInMillis();
    if (told > 0 && told <= LONGEST_MS) believed = told;
    const given = believed;
    return given === undefined ? undefined : () => given - (now() - startedMs);
  };
}

/**
 * Waits for what may never come, as long as there is time.
 *
 * @param late what to reject with when there is none left
 */
export async function inTime<T>(work: Promise<T>, timeLeft: TimeLeft | undefined, late: () => Error): Promise<T> {
  if (timeLeft === undefined) return work;
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), Math.max(0, timeLeft()));
  return Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
}
