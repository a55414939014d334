/**
 * Two clocks, of which neither is ever made from the other: somebody may set the wall clock at any moment, and while a laptop sleeps the
 * other one stands still.
 */
export interface Clock {
  /** Milliseconds since 1970: for what is told to others, such as deadlines. */
  wallMs(): number;
  /** Milliseconds since some moment, with fractions: for how long something takes, and for what is waited for. */
  monotonicMs(): number;
}

export const systemClock: Clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
