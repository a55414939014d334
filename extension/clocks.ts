/** The clocks of a process. All in milliseconds. */
export interface Clocks {
  /** Since some moment. It is monotonic, but it may stand still while the environment is frozen. For deadlines, which end before that. */
  now: () => number;
  /** The same, but it goes on while the environment is frozen. For the age of a batch, a connection or a refusal. */
  ageNow: () => number;
  /** Since the epoch. It may jump. For times that are written down, and for the deadlines of Lambda. */
  wallNow: () => number;
}

/** How far the clocks may drift apart before it counts: they are read one after the other, one in whole milliseconds. */
const TOLERANCE_MS = 50;

/**
 * The clocks, from the two that a machine has.
 *
 * The monotonic one does not always go on while Lambda has frozen the environment; the wall clock does, but it may be set. So what the wall
 * clock gains on the other counts as age, and what it loses does not. One that is set forwards makes things look old: they are delivered
 * or tried again sooner, which costs nothing.
 *
 * See https://github.com/hashicorp/vault-lambda-extension/pull/150
 */
export function clocksOf({ now, wallNow }: Pick<Clocks, 'now' | 'wallNow'>): Clocks {
  let apartMs = wallNow() - now();
  let frozenMs = 0;
  return {
    now,
    wallNow,
    ageNow() {
      const nowMs = now();
      const gainedMs = wallNow() - nowMs - apartMs;
      if (Math.abs(gainedMs) > TOLERANCE_MS) {
        apartMs += gainedMs;
        frozenMs += Math.max(0, gainedMs);
      }
      return nowMs + frozenMs;
    },
  };
}
