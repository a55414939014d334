import { describe, expect, test } from 'vitest';
import { failureText, remark, StartLog } from './start-report.ts';

const json = (line: object) => JSON.stringify(line);
const error = { level: 'ERROR', source: 'f', message: 'no model', cause: 'ENOENT\n  at open', attempts: 2, seen: {} };

describe('a remark on the start', () => {
  test.each([
    ['function', json(error), 'ERROR no model (cause: ENOENT, attempts: 2)'],
    ['function', json({ level: 'WARN', message: 'slow' }), 'WARN slow'],
    ['function', json({ level: 'INFO', message: 'ready' }), undefined],
    ['extension', json({ level: 'INFO', message: 'switched off' }), 'INFO switched off'],
    ['extension', 'a line of text', undefined],
    ['extension', json({ level: 'ERROR', message: { nested: true } }), undefined],
    ['extension', 'null', undefined],
    ['platform', json(error), undefined],
  ] as const)('of the %s: %s is %j', (origin, line, expected) => {
    expect(remark(line, origin)).toBe(expected);
  });

  test('is not gathered after an init that failed', () => {
    const log = new StartLog();
    log.add(json({ level: 'ERROR', message: 'wrong' }), 'extension');
    log.add('INIT_REPORT Init Duration: 1.00 ms\tPhase: init\tStatus: error\tError Type: E', 'platform');
    log.add(json({ level: 'INFO', message: 'shut down' }), 'extension');
    expect(log.report('timeout').remarks).toEqual(['ERROR wrong']);
  });

  test('is short, told once, and one of ten at most', () => {
    const log = new StartLog();
    log.add(json({ level: 'WARN', message: 'x'.repeat(1000) }), 'extension');
    for (let i = 0; i < 30; i++) log.add(json({ level: 'WARN', message: String(i >> 1) }), 'extension');
    const { remarks } = log.report(undefined);
    expect(remarks).toEqual([`WARN ${'x'.repeat(295)}…`, ...Array.from({ length: 9 }, (_, i) => `WARN ${i}`)]);
  });
});

test.each([
  ['a time-out', 'timeout', 'it was not ready in time'],
  ['a fault', { errorType: 'Runtime.ExitError', errorMessage: 'exit status 7' }, 'Runtime.ExitError: exit status 7'],
  [
    "the runtime's own description",
    {
      errorType: 'Runtime.Unknown',
      errorMessage: '',
      payload: Buffer.from('{"errorType":"E","errorMessage":"a\\nb"}'),
    },
    'E: a',
  ],
  [
    'a malformed description',
    { errorType: 'Runtime.Unknown', errorMessage: 'failed', payload: Buffer.from('?') },
    'Runtime.Unknown: failed',
  ],
] as const)('%s is told in one line', (_what, fault, expected) => {
  expect(failureText(fault)).toBe(expected);
});
