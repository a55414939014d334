/** So many a second, and as many at once as a second gives. */
export interface RateLimit {
  /** Takes one from what the second has left. @returns whether there was one */
  take(): boolean;
}

/**
 * A token bucket. It holds what one second gives, at least one, however long nothing was taken: an environment that was frozen for an hour gets no
 * more.
 *
 * @param now milliseconds of a monotonic clock; where it goes back, nothing is added
 */
export function createRateLimit(perSecond: number, now: () => number): RateLimit {
  const most = Math.max(1, perSecond);
  let tokens = most;
  let lastMs = now();
  return {
    take() {
      const nowMs = now();
      tokens = Math.min(most, tokens + (Math.max(0, nowMs - lastMs) / 1000) * perSecond);
      lastMs = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
