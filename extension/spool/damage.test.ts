import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ATTACKS, dir, files, line, setUp } from './fixtures/attacks.ts';

const HARMLESS = ['replaces the files by copies', 'adds to the files'];
/** What takes a file's name, and leaves its bytes to whoever has it open. */
const UNLINKING = ['removes the folder', 'empties the folder', 'removes the files', 'replaces the files by others'];

describe.each(Object.entries(ATTACKS))('when somebody %s', (name, attack) => {
  test('every acknowledged record is delivered, or counted as lost; nothing waits for ever, and nothing of others is sent', async () => {
    const { subject, lost, append, drain, delivered, balance } = setUp();
    for (let i = 0; i < 5; i++) append(`r${i}`); // three of them in a sealed segment
    attack();
    expect(append('after')).toEqual({ stored: true });
    expect(balance().accounted).toBe(balance().acknowledged);
    await drain();
    expect(balance()).toEqual({ acknowledged: 6, accounted: 6 });
    expect(subject).toMatchObject({ pending: 0, bytes: 0, sealed: [] });
    expect(delivered).toContain('after');
    expect(new Set(delivered).size).toBe(delivered.length);
    expect(delivered).not.toContain('foreign');
    if (HARMLESS.includes(name)) expect(delivered).toHaveLength(6);
    else expect(lost).toHaveBeenCalled();
  });

  test('it is noticed at the end of the segment at the latest', async () => {
    const { append, drain, balance, subject } = setUp();
    append('r0');
    append('r1');
    attack();
    await drain();
    expect(balance()).toEqual({ acknowledged: 2, accounted: 2 });
    expect(subject.pending).toBe(0);
  });
});

test.each(UNLINKING)(
  'when somebody %s, the records of the open segment are written again: none is lost',
  async (name) => {
    const { lost, append, drain, delivered } = setUp();
    append('r0');
    append('r1');
    ATTACKS[name]!();
    append('r2');
    expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 0, rescued: 2 });
    const [file] = files();
    expect(fs.readFileSync(file!, 'utf8')).toBe(`${line('r0')}${line('r1')}${line('r2')}`);
    await drain();
    expect(delivered).toEqual(['r0', 'r1', 'r2']);
  },
);

test('a file that somebody moved away is missed at the end of its segment, and its records are written again', async () => {
  const { lost, append, drain, delivered } = setUp();
  append('r0');
  ATTACKS['moves the folder away']!();
  append('r1');
  await drain();
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 0, rescued: 2 });
  expect(delivered).toEqual(['r0', 'r1']);
});

test('of a file that was cut, the lines before the cut are delivered and the others counted', async () => {
  const { lost, append, drain, delivered } = setUp();
  append('r0');
  append('r1');
  ATTACKS['cuts the files in a line']!();
  append('r2');
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 1, rescued: 1 });
  await drain();
  expect(delivered).toEqual(['r0', 'r2']);
});

test('whatever others do and whenever, received = delivered + lost + pending, and no record is in two objects', async () => {
  const attacks = Object.keys(ATTACKS);
  const steps = fc.array(
    fc.oneof(fc.constantFrom('append', 'append', 'append', 'seal', 'drain'), fc.constantFrom(...attacks)),
    {
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      fs.rmSync(dir, { recursive: true, force: true });
      fs.mkdirSync(dir);
      const { subject, append, drain, delivered, balance } = setUp();
      for (const [i, step] of sequence.entries()) {
        if (step === 'append') append(`r${i}`);
        else if (step === 'seal') subject.seal();
        else if (step === 'drain') await drain();
        else {
          fs.mkdirSync(dir, { recursive: true });
          ATTACKS[step]!();
        }
        expect(balance().accounted).toBe(balance().acknowledged);
      }
      await drain();
      expect(subject.pending).toBe(0);
      expect(balance().accounted).toBe(balance().acknowledged);
      expect(new Set(delivered).size).toBe(delivered.length);
      expect(delivered.filter((id) => !/^r\d+$/.test(id))).toEqual([]);
    }),
    { numRuns: 100, examples: [[['append', 'append', 'empties the files', 'adds to the files']]] },
  );
});
