import type { Lifecycle } from './lifecycle.ts';

/** How long the shutdown sequence may take, in milliseconds. */
export interface ShutdownBudget {
  /** For the runtime, from SIGTERM to SIGKILL; with 0 it gets SIGKILL at once. */
  runtimeMs: number;
  /** For the whole sequence, extensions included. */
  totalMs: number;
}

/** Lambda's own budgets: 0 ms without an extension, 500 ms with internal ones only, 2,000 ms with an external one. */
export function shutdownBudget(life: Lifecycle): ShutdownBudget {
  if (life.extensions.some(({ external }) => external)) return { runtimeMs: 300, totalMs: 2000 };
  if (life.extensions.length > 0) return { runtimeMs: 500, totalMs: 500 };
  return { runtimeMs: 0, totalMs: 0 };
}
