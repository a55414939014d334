/** Called after each step. */
export type Progress = (done: number, all: number) => void;

/** Writes a line to stderr after a step, at most one a second, and one after the last step. It estimates the time that is left. */
export function progressLines(what: string): Progress {
  const startedMs = performance.now();
  let writtenMs = Number.NEGATIVE_INFINITY;
  return (done, all) => {
    const nowMs = performance.now();
    if (done < all && nowMs - writtenMs < 1000) return;
    writtenMs = nowMs;
    const leftSeconds = (((nowMs - startedMs) / done) * (all - done)) / 1000;
    process.stderr.write(`${what}: ${done} of ${all}, about ${Math.ceil(leftSeconds)} s left\n`);
  };
}
