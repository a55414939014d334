import { describe, expect, test } from 'vitest';
import { register } from './extension.ts';
import { type Lifecycle, launched } from './lifecycle.ts';
import { shutdownBudget } from './shutdown-budget.ts';

const id = '00000000-0000-4000-8000-000000000001';

describe('the shutdown budget', () => {
  const lives: [what: string, life: Lifecycle, budget: object][] = [
    ['no extension', launched([]), { runtimeMs: 0, totalMs: 0 }],
    ['internal ones only', register(launched([]), 'inside', ['INVOKE'], id), { runtimeMs: 500, totalMs: 500 }],
    ['an external one', launched(['outside']), { runtimeMs: 300, totalMs: 2000 }],
    ['both', register(launched(['outside']), 'inside', [], id), { runtimeMs: 300, totalMs: 2000 }],
  ];
  test.each(lives)('with %s', (_what, life, budget) => {
    expect(shutdownBudget(life)).toEqual(budget);
  });
});
