/**
 * Two clocks. Neither is ever computed from the other: a user may set the wall clock at any moment, and the monotonic clock stands still
 * while a laptop sleeps.
 */
export interface Clock {
  /** Milliseconds since 1970: for times that other programs are told, such as deadlines. */
  wallMs(): number;
  /** Milliseconds since an arbitrary moment, with fractions: for durations and time-outs. */
  monotonicMs(): number;
}

export const systemClock: Clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
