import { expect, test, vi } from 'vitest';
import { warnOf } from './warnings.ts';

test('what is likely not meant as it is taken is said, by its name', () => {
  const log = vi.fn();
  warnOf({ CAPTURE_FAIL_CLOSED: 'ture', CAPTURE_DISABLED: 'no', CAPTURE_DESTINATON: 's3://b', PATH: '/bin' }, log);
  expect(log.mock.calls).toEqual([
    ['WARN', 'a switch says neither yes nor no: it is taken for yes', { variable: 'CAPTURE_FAIL_CLOSED', got: 'ture' }],
    [
      'WARN',
      'a variable that nothing here reads, perhaps misspelt',
      { variable: 'CAPTURE_DESTINATON', nearest: 'CAPTURE_DESTINATION' },
    ],
  ]);
});
