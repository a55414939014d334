import type { Lifecycle } from './lifecycle.ts';

/** How long the shutdown sequence may take, in milliseconds. */
export interface ShutdownBudget {
  /** From SIGTERM to SIGKILL, for the runtime; 0 is SIGKILL at once. */
  runtimeMs: number;
  /** For all of it, extensions included. */
  totalMs: number;
}

/** Lambda's own budgets: none without an extension, 500 ms with internal ones only, 2,000 ms with an external one. */
export function shutdownBudget(life: Lifecycle): ShutdownBudget {
  if (life.extensions.some(({ external }) => external)) return { runtimeMs: 300, totalMs: 2000 };
  if (life.extensions.length > 0) return { runtimeMs: 500, totalMs: 500 };
  return { runtimeMs: 0, totalMs: 0 };
}
