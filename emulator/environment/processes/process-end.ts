import type { ProcessGroup } from './process-group.ts';

/** Waits at most `ms` for processes to end by themselves, and kills those that have not. */
export async function endWithin(groups: readonly ProcessGroup[], ms: number): Promise<void> {
  await bounded(Promise.all(groups.map(({ exited }) => exited)), ms);
  for (const group of groups) if (group.isAlive()) group.signal('SIGKILL');
}

/** Waits for a promise, but no longer than `ms`. */
export async function bounded(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
