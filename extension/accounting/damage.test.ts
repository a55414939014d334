import { expect, test, vi } from 'vitest';
import { Counters } from './counters.ts';
import { damageReport } from './damage.ts';

test('a loss is counted and told each time, and what was saved once', () => {
  const counters = new Counters();
  const log = vi.fn();
  const report = damageReport(counters, log);
  report({ lost: 0, rescued: 3 });
  report({ lost: 0, rescued: 2 });
  report({ lost: 2, rescued: 1 });
  report({ lost: 4, rescued: 0 });
  expect(log.mock.calls.map(([level, , fields]) => [level, fields])).toEqual([
    ['WARN', { rescued: 3 }],
    ['ERROR', { records: 2, rescued: 1 }],
    ['ERROR', { records: 4, rescued: 0 }],
  ]);
  expect(counters.dropped.VANISHED).toBe(6);
  expect(counters.toReport()).toEqual({ VANISHED: 6 });
});
