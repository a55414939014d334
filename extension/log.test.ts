import { expect, test } from 'vitest';
import { createLog, LEVELS, traceOf } from './log.ts';

test('a log has the lines of its level and of those above it, each with its time', () => {
  const logged = LEVELS.map((least) => {
    const lines: Record<string, unknown>[] = [];
    const log = createLog(least, async (line) => void lines.push(line as Record<string, unknown>));
    for (const level of LEVELS) log(level, 'a message', { records: 1 });
    return lines;
  });
  expect(logged.map((lines) => lines.map(({ level }) => level))).toEqual([
    ['DEBUG', 'INFO', 'WARN', 'ERROR'],
    ['INFO', 'WARN', 'ERROR'],
    ['WARN', 'ERROR'],
    ['ERROR'],
  ]);
  expect(logged[3]).toEqual([
    {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'ERROR',
      source: 'inference-capture',
      message: 'a message',
      records: 1,
    },
  ]);
});

test('the trace of an error has its frames, and nothing of its message', () => {
  const parse = () => JSON.parse('secret');
  const errors: unknown[] = [
    new Error('secret'),
    new Error('secret\n    at secret (secret.ts:1:1)'),
    Object.assign(new Error('once'), { message: 'secret' }),
    Object.assign(new Error('secret'), { message: '' }),
    Object.assign(new Error('EACCES: secret'), { code: 'EACCES' }),
    Object.assign(new Error('secret'), { name: 'secret, which is a text', code: 'secret, too' }),
    Object.assign(new Error('secret'), { stack: undefined }),
    'secret',
    { secret: 'secret' },
    undefined,
    null,
  ];
  try {
    parse();
  } catch (error) {
    expect(String(error)).toContain('secret');
    errors.push(error);
  }
  const traces = errors.map(traceOf);
  for (const trace of traces) expect(trace).not.toContain('secret');
  expect(traces[0]).toMatch(/^Error\n {4}at .*log\.test\.ts/);
  expect(traces[1]).toMatch(/^Error\n {4}at .*log\.test\.ts/);
  expect(traces[4]).toMatch(/^Error EACCES\n {4}at .*log\.test\.ts/);
  expect(traces.at(-1)).toMatch(/^SyntaxError\n {4}at JSON\.parse/);
  expect(traces.slice(7, 11)).toEqual([
    'Expected an Error, got string',
    'Expected an Error, got object',
    'Expected an Error, got undefined',
    'Expected an Error, got null',
  ]);
});
