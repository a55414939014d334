import { expect, test, vi } from 'vitest';
import { noCounts } from '../spool/kind.ts';
import { damageReport } from './damage.ts';
import { createTallies } from './tallies.ts';

test('a loss is counted and told each time, and what was saved once', () => {
  const tallies = createTallies();
  const log = vi.fn();
  const report = damageReport(tallies, log);
  const lost = (counts: Partial<ReturnType<typeof noCounts>> = {}) => ({ ...noCounts(), ...counts });
  report({ lost: lost(), rescued: 3 });
  report({ lost: lost(), rescued: 2 });
  report({ lost: lost({ record: 2 }), rescued: 1 });
  report({ lost: lost({ record: 4, label: 3, payload: 1 }), rescued: 0 });
  expect(log.mock.calls.map(([level, , fields]) => [level, fields])).toEqual([
    ['WARN', { rescued: 3 }],
    ['ERROR', { records: 2, rescued: 1 }],
    ['ERROR', { payloads: 1 }],
    ['ERROR', { labels: 3 }],
    ['ERROR', { records: 4, rescued: 0 }],
  ]);
  expect([tallies.record, tallies.label, tallies.payload].map(({ dropped }) => dropped.VANISHED)).toEqual([6, 3, 1]);
  expect(tallies.record.toReport()).toEqual({ VANISHED: 6 });
});
