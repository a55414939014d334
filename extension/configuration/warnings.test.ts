import { expect, test, vi } from 'vitest';
import { warnOf } from './warnings.ts';

test('what is likely not meant as it is taken is said, by its name', () => {
  const log = vi.fn();
  warnOf({ CAPTURE_FAIL_CLOSED: 'ture', CAPTURE_DISABLED: 'no', CAPTURE_DESTINATON: 's3://b', PATH: '/bin' }, log);
  expect(log.mock.calls).toEqual([
    [
      'WARN',
      'the value of a switch is neither yes nor no: the switch is on',
      { variable: 'CAPTURE_FAIL_CLOSED', got: 'ture' },
    ],
    ['WARN', 'unknown variable, perhaps misspelt', { variable: 'CAPTURE_DESTINATON', nearest: 'CAPTURE_DESTINATION' }],
  ]);
});
