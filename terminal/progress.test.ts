import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

/** Everything that is written during a work of 100 steps of 50 ms each. The first 20 were done before it started. */
function written(stream: { isTTY: boolean; columns: number }): string[] {
  const lines: string[] = [];
  let clock = 0;
  const progress = createProgress({
    what: 'work',
    amount: (done, all) => `${done} of ${all} steps`,
    rate: (perSecond) => `${perSecond} steps/s`,
    stream: { ...stream, write: (text: string) => lines.push(text) > 0 },
    now: () => clock,
  });
  for (let done = 20; done <= 100; done++) {
    progress.update(done, 100);
    clock += 50;
  }
  progress.end();
  return lines;
}

test('a terminal gets one line that moves, with the pace and the time that is left', () => {
  const lines = written({ isTTY: true, columns: 80 });
  expect(lines).toHaveLength(43);
  expect(lines[20]).toBe('\r\u001b[2Kwork  [##########......] 60 %  60 of 100 steps, 20 steps/s, 2 s left');
  expect(lines.slice(-2)).toEqual([expect.stringContaining('[################] 100 %  100 of 100 steps'), '\n']);
});

test('a narrow terminal gets as much of the line as fits, so that it does not wrap', () => {
  const [first] = written({ isTTY: true, columns: 30 });
  expect(first).toBe('\r\u001b[2Kwork  [###.............] 20 %');
});

test('anything but a terminal gets a plain line every few seconds, and the last', () => {
  expect(written({ isTTY: false, columns: 0 })).toEqual([
    expect.stringMatching(/^work {2}\[#{16}\] 100 % {2}100 of 100 steps, .*\n$/),
  ]);
});
