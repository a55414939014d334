import type { Clocks } from '../clocks.ts';

/** The time that Lambda gives extensions to end. */
export const SHUTDOWN_MS = 2_000;
/** The least time that is assumed to be left, because Lambda has not killed the process yet. */
const LEAST_SHUTDOWN_MS = 500;
/** The longest time-out of a function, with a second by which the clocks may differ; and the standard time-out. */
const MAX_TIMEOUT_MS = 901_000;
const STANDARD_TIMEOUT_MS = 3_000;
/** An event that takes longer to come than this was made after the process had asked for it. */
const AT_ONCE_MS = 50;

/**
 * Turns Lambda's deadlines, which are wall-clock time, into deadlines on this process's clock. After that the wall clock may jump. It may also
 * have jumped before, or differ from Lambda's. So a deadline that is impossible is replaced by what is known without a clock: a SHUTDOWN has
 * 2 s, less the time that this process was busy since Lambda made it, and an INVOKE has as long as the last one had.
 */
export function deadlines({ now, wallNow }: Pick<Clocks, 'now' | 'wallNow'>) {
  let lastEventMs = now();
  let askedMs = now();
  let timeoutMs = STANDARD_TIMEOUT_MS;

  return {
    /** Called when Lambda is asked for the next event. */
    asked(): void {
      askedMs = now();
    },
    /** Called when it has come. @returns its deadline on the clock of `now` */
    of({ eventType, deadlineMs }: { eventType: 'INVOKE' | 'SHUTDOWN'; deadlineMs: number }): number {
      const nowMs = now();
      const leftMs = deadlineMs - wallNow();
      const busyMs = nowMs - askedMs > AT_ONCE_MS ? 0 : nowMs - lastEventMs;
      lastEventMs = nowMs;
      const possible = leftMs > 0 && leftMs <= (eventType === 'SHUTDOWN' ? SHUTDOWN_MS : MAX_TIMEOUT_MS);
      if (eventType === 'INVOKE' && possible) timeoutMs = leftMs;
      if (possible) return nowMs + leftMs;
      return nowMs + (eventType === 'INVOKE' ? timeoutMs : Math.max(LEAST_SHUTDOWN_MS, SHUTDOWN_MS - busyMs));
    },
  };
}
