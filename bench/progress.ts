/** Called after each step, with how many are done of how many. */
export type Progress = (done: number, all: number) => void;

/** Writes a line to stderr after each step, at most one a second, with the time that is left at the pace so far. */
export function progressLines(what: string, now = () => performance.now()): Progress {
  const startedMs = now();
  let writtenMs = Number.NEGATIVE_INFINITY;
  return (done, all) => {
    const nowMs = now();
    if (done < all && nowMs - writtenMs < 1000) return;
    writtenMs = nowMs;
    const leftSeconds = (((nowMs - startedMs) / done) * (all - done)) / 1000;
    process.stderr.write(`${what}: ${done} of ${all}, about ${Math.ceil(leftSeconds)} s left\n`);
  };
}
