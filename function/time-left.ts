import type { TimeLeft } from '../capture/time-left.ts';

/**
 * Waits for work that may never end, as long as there is time.
 *
 * @param late makes the error to reject with when no time is left
 */
export async function inTime<T>(work: Promise<T>, timeLeft: TimeLeft | undefined, late: () => Error): Promise<T> {
  if (timeLeft === undefined) return work;
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), Math.max(0, timeLeft()));
  return Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
}
