import type { Clocks } from '../clocks.ts';

/** The time that Lambda gives extensions to end. */
export const SHUTDOWN_MS = 2_000;
/** What is taken to be left of it, at least, by a process that has not been killed. */
const LEAST_SHUTDOWN_MS = 500;
/** The longest time-out of a function, and a second in which the clocks may differ; and the standard one. */
const MAX_TIMEOUT_MS = 901_000;
const STANDARD_TIMEOUT_MS = 3_000;
/** An event that took longer to come than this had not been made when it was asked for. */
const AT_ONCE_MS = 50;

/**
 * Makes deadlines on this process's clock of those of Lambda, which are wall-clock time. Once they are made, the wall clock may jump. It may
 * have jumped before, or differ from Lambda's: a deadline that cannot be is replaced by what is known without a clock. A SHUTDOWN has 2 s,
 * less what this process was busy with when it was made; an INVOKE has as long as the last one had.
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
