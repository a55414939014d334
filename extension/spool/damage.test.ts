import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_KEPT_OPEN } from './backlog.ts';
import { Spool } from './spool.ts';

const START = Date.parse('2026-11-23T21:00:00.000Z');
const line = (eventId: string) => Buffer.from(`{"eventMetadata":{"eventId":"${eventId}"}}\n`);
const LENGTH = line('r0').length;

let root: string;
let dir: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'damage-'));
  dir = path.join(root, 'spool');
  fs.mkdirSync(dir);
  return () => fs.rmSync(root, { recursive: true, force: true });
});

/** A spool, and what its records were told. */
function setUp(maxBytes = 1_000_000) {
  const lost = vi.fn();
  let lostRecords = 0;
  let acknowledged = 0;
  const subject = new Spool({
    home: { folder: dir, ensure() {} },
    maxBytes,
    batch: { records: 3, bytes: 1000, ageMs: 60_000 },
    scope: { prefix: '', endpoint: 'qa', variant: 'v' },
    now: () => 0,
    uuid: randomUUID,
    onDamage: (damage) => {
      lostRecords += damage.lost;
      lost(damage);
    },
  });
  const delivered: string[] = [];
  return {
    subject,
    lost,
    delivered,
    append(id: string) {
      const result = subject.append(line(id), new Date(START));
      if (result.stored) acknowledged += 1;
      return result;
    },
    /** Takes out all segments as a delivery would. */
    async drain() {
      subject.seal();
      for (const segment of [...subject.sealed]) {
        const text = (await subject.read(segment))?.toString();
        if (text === undefined) continue;
        for (const one of text.trimEnd().split('\n')) delivered.push(JSON.parse(one).eventMetadata.eventId);
        subject.remove(segment);
      }
    },
    balance: () => ({ acknowledged, accounted: delivered.length + lostRecords + subject.pending }),
  };
}

const files = () =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** What somebody else does to each file of the spool, or to all of it. */
const ATTACKS: Record<string, () => void> = {
  'removes the folder': () => fs.rmSync(dir, { recursive: true }),
  'empties the folder': () => {
    for (const name of fs.readdirSync(dir)) fs.rmSync(path.join(dir, name), { recursive: true });
  },
  'removes the files': () => files().forEach((file) => void fs.rmSync(file)),
  'moves the folder away': () => fs.renameSync(dir, `${dir}-elsewhere-${randomUUID()}`),
  'empties the files': () => files().forEach((file) => void fs.truncateSync(file, 0)),
  'cuts the files in a line': () => files().forEach((file) => void fs.truncateSync(file, LENGTH + 5)),
  'fills the files with zeros': () =>
    files().forEach((file) => void fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size))),
  'makes them longer with a hole': () =>
    files().forEach((file) => {
      const { size } = fs.statSync(file);
      fs.truncateSync(file, 3);
      fs.truncateSync(file, size);
    }),
  'replaces the files by others': () =>
    files().forEach((file) => {
      fs.writeFileSync(`${file}.new`, 'something else\n'.repeat(20));
      fs.renameSync(`${file}.new`, file);
    }),
  'replaces the files by folders': () =>
    files().forEach((file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    }),
  'replaces the files by copies': () =>
    files().forEach((file) => {
      fs.copyFileSync(file, `${file}.new`);
      fs.renameSync(`${file}.new`, file);
    }),
  'adds to the files': () => files().forEach((file) => void fs.appendFileSync(file, `${line('foreign')}{"half`)),
};
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

test('sealed segments that somebody removed are delivered all the same, as many as are kept open; the others are told once', async () => {
  const { lost, append, drain, delivered, balance } = setUp();
  const segments = MAX_KEPT_OPEN + 20;
  for (let i = 0; i < 3 * segments; i++) append(`r${i}`);
  ATTACKS['removes the folder']!();
  await drain();
  expect(lost.mock.calls[0]).toEqual([{ lost: 3 * 19, rescued: 3 }]); // the last one was open
  expect(lost.mock.calls.slice(1).every(([damage]) => damage.lost === 0)).toBe(true);
  expect(delivered).toHaveLength(3 * (MAX_KEPT_OPEN + 1));
  expect(balance()).toEqual({ acknowledged: 3 * segments, accounted: 3 * segments });
});

test('files are open no longer than their segments are there', async () => {
  const opens = vi.spyOn(fs, 'openSync');
  const closes = vi.spyOn(fs, 'closeSync');
  const opened = () => opens.mock.calls.length - closes.mock.calls.length;
  const { append, drain } = setUp();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 3 * 100; i++) append(`r${round}x${i}`);
    expect(opened()).toBeLessThanOrEqual(MAX_KEPT_OPEN + 1);
    if (round === 1) ATTACKS['empties the files']!();
    await drain();
    expect(opened()).toBe(0);
  }
  vi.restoreAllMocks();
});

test('a full spool that somebody empties takes records again', () => {
  const predecessor = setUp();
  for (let i = 0; i < 6; i++) predecessor.append(`r${i}`);
  predecessor.subject.seal();
  const { append, subject, lost } = setUp(6 * LENGTH);
  subject.recover([dir]);
  expect(append('r6')).toEqual({ stored: false, reason: 'full' });
  ATTACKS['removes the folder']!();
  expect(append('r7')).toEqual({ stored: true });
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 6, rescued: 0 });
  expect(subject.pending).toBe(1);
});

test('a folder that becomes a file: what was in it is delivered, records are refused, and taken again when it is gone', async () => {
  const { append, drain, subject, balance, lost, delivered } = setUp();
  append('r0');
  fs.rmSync(dir, { recursive: true });
  fs.writeFileSync(dir, '');
  expect(append('r1')).toMatchObject({ stored: false, reason: 'unwritable' });
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 0, rescued: 1 });
  expect(() => subject.seal()).not.toThrow();
  await drain();
  expect(delivered).toEqual(['r0']);
  fs.rmSync(dir);
  expect(append('r2')).toEqual({ stored: true });
  expect(balance()).toEqual({ acknowledged: 2, accounted: 2 });
});

test('on a file system that turns read-only records are refused, and what is there is delivered', async () => {
  const { append, drain, delivered, balance, subject } = setUp();
  for (let i = 0; i < 5; i++) append(`r${i}`);
  for (const call of ['mkdirSync', 'renameSync', 'writeSync', 'openSync', 'rmSync', 'ftruncateSync'] as const) {
    vi.spyOn(fs, call).mockImplementation(() => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    });
  }
  try {
    expect(append('r5')).toMatchObject({ reason: 'unwritable', cause: { code: 'EROFS' } });
    await drain();
    expect(delivered).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect(balance()).toEqual({ acknowledged: 5, accounted: 5 });
    expect(subject.pending).toBe(0);
  } finally {
    vi.restoreAllMocks();
  }
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
