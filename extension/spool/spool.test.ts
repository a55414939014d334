import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { scopesOf } from '../configuration/prefixes.ts';
import { Spool, type SpoolOptions } from './spool.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-23T21:00:00.000Z');
const line = (eventId: string, length = 60) =>
  Buffer.from(`{"eventMetadata":{"eventId":"${eventId}"}}\n`.padStart(length));

let dir: string;
let nowMs = START;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'spool-'));
  nowMs = START;
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const spool = (options: Partial<SpoolOptions> = {}, folder = dir) =>
  new Spool({
    home: { folder, ensure() {} },
    maxBytes: 10_000,
    batch: { records: 3, bytes: 1000, ageMs: 60_000 },
    scopes: scopesOf({ prefix: 'captured', endpoint: 'qa', variant: 'AllTraffic' }),
    now: () => nowMs,
    uuid: randomUUID,
    onDamage: () => {},
    ...options,
  });

/** Takes out all segments as a delivery would. */
async function drain(from: Spool): Promise<{ key: string; ids: string[] }[]> {
  from.seal();
  const objects = [];
  for (const segment of [...from.sealed]) {
    const text = String(await from.read(segment));
    objects.push({ key: segment.key, ids: Array.from(text.matchAll(/"eventId":"(\w+)"/g), (match) => match[1]!) });
    from.remove(segment);
  }
  return objects;
}
const files = () =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('records become objects of so many records, in the order in which they came', async () => {
  const subject = spool();
  for (const id of ['a', 'b', 'c', 'd']) expect(subject.append(line(id), new Date(START))).toEqual({ stored: true });
  expect(subject).toMatchObject({ pending: 4, bytes: 240, sealed: [{ records: 3 }] });
  expect((await drain(subject)).map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d']]);
  expect(subject).toMatchObject({ pending: 0, bytes: 0, sealed: [] });
  expect(files()).toEqual([]);
});

test('an object holds the records of one hour, its own', async () => {
  const subject = spool();
  const times = [START, START + 1, START + HOUR_MS, START + 2];
  for (const [i, time] of times.entries()) subject.append(line(`r${i}`), new Date(time));
  const objects = await drain(subject);
  expect(objects.map(({ ids }) => ids)).toEqual([['r0', 'r1'], ['r2'], ['r3']]);
  expect(objects.map(({ key }) => key.slice(0, 43))).toEqual([
    'captured/qa/AllTraffic/2026/11/23/21/00-00-',
    'captured/qa/AllTraffic/2026/11/23/22/00-00-',
    'captured/qa/AllTraffic/2026/11/23/21/00-00-',
  ]);
});

test('a batch is sealed once it is old enough, counted from its first record', () => {
  const subject = spool();
  subject.append(line('a'), new Date(START));
  nowMs += 59_999;
  subject.append(line('b'), new Date(nowMs));
  subject.sealIfFinished();
  expect(subject.sealed).toEqual([]);
  nowMs += 1;
  subject.sealIfFinished();
  expect(subject.sealed).toHaveLength(1);
});

test('a record larger than a batch is a batch of its own', async () => {
  const subject = spool();
  for (const [id, length] of [
    ['a', 60],
    ['b', 5000],
    ['c', 60],
  ] as const)
    subject.append(line(id, length), new Date(START));
  expect((await drain(subject)).map(({ ids }) => ids)).toEqual([['a'], ['b'], ['c']]);
});

test('a spool is short of room from half of it on, and when a record found none, until something is delivered', async () => {
  const subject = spool({ maxBytes: 200 });
  subject.append(line('a'), new Date(START));
  expect(subject.isShort).toBe(false);
  expect(subject.append(line('large', 150), new Date(START))).toEqual({ stored: false, reason: 'full' });
  expect(subject.isShort).toBe(true);
  await drain(subject);
  expect(subject.isShort).toBe(false);
  subject.append(line('b', 100), new Date(START));
  expect(subject.isShort).toBe(true);
});

test('a full spool refuses, and takes records again when something is delivered', async () => {
  const subject = spool({ maxBytes: 150 });
  const append = (id: string) => subject.append(line(id), new Date(START));
  expect([append('a'), append('b'), append('c')]).toEqual([
    { stored: true },
    { stored: true },
    { stored: false, reason: 'full' },
  ]);
  expect(subject.sealed).toHaveLength(1); // it is delivered next, however young
  await drain(subject);
  expect(append('d')).toEqual({ stored: true });
});

test('a disk that takes only a part of a line takes nothing', async () => {
  const subject = spool();
  subject.append(line('a'), new Date(START));
  const real = fs.writeSync;
  vi.spyOn(fs, 'writeSync').mockImplementationOnce(((fd: number, buffer: Buffer, ...[, , position]: number[]) =>
    real(fd, buffer, 0, 58, position)) as typeof fs.writeSync);
  expect(subject.append(line('b'), new Date(START))).toMatchObject({ stored: false, reason: 'unwritable' });
  vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
    throw new Error('ENOSPC: no space left on device');
  });
  expect(subject.append(line('c'), new Date(START))).toMatchObject({
    reason: 'unwritable',
    cause: new Error('ENOSPC: no space left on device'),
  });
  expect(subject.append(line('d', 50), new Date(START))).toEqual({ stored: true });
  expect(subject.pending).toBe(2);
  const copy = path.join(dir, '..', `${path.basename(dir)}-copy`);
  fs.cpSync(dir, copy, { recursive: true });
  expect(spool({}, copy).recover([copy]).lastIds.record).toEqual(['a', 'd']);
  fs.rmSync(copy, { recursive: true });
  expect((await drain(subject)).map(({ ids }) => ids)).toEqual([['a', 'd']]);
});

test('a first record that the disk refuses leaves no segment behind', () => {
  const subject = spool();
  vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
    throw new Error('ENOSPC');
  });
  expect(subject.append(line('a'), new Date(START))).toMatchObject({ stored: false });
  expect(files()).toEqual([]);
});

test('a folder that cannot be made is told, not thrown', () => {
  fs.writeFileSync(path.join(dir, 'file'), '');
  const subject = spool({}, path.join(dir, 'file', 'spool'));
  expect(subject.append(line('a'), new Date(START))).toMatchObject({ stored: false, reason: 'unwritable' });
});

test('a successor takes over every whole line, under the same key, and cuts off a line that was only begun', async () => {
  const before = spool();
  for (const id of ['a', 'b', 'c', 'd', 'e']) before.append(line(id), new Date(START));
  const openFile = files().find((name) => name.endsWith('.open'))!;
  const folder = path.join(dir, 'captured/qa/AllTraffic/2026/11/23/21');
  fs.appendFileSync(path.join(folder, openFile), '{"eventMetadata":{"eventId":"torn');

  const after = spool();
  expect(after.recover([dir]).lastIds.record).toEqual(['d', 'e']);
  expect(after).toMatchObject({ pending: 5, bytes: 300, sealed: [{ records: 3 }, { records: 2 }] });
  after.append(line('f'), new Date(START));
  const objects = await drain(after);
  expect(objects.map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d', 'e'], ['f']]);
  expect(objects[1]!.key).toBe(`captured/qa/AllTraffic/2026/11/23/21/${openFile.replace('.open', '')}`);
});

test('copies of one environment give their segments keys of their own, in the same hour', async () => {
  const original = spool();
  for (const id of ['a', 'b', 'c', 'd']) original.append(line(id), new Date(START));
  const before = files().sort();
  original.rekeyAll();
  expect(original).toMatchObject({ pending: 4, bytes: 240, sealed: [{ records: 3 }, { records: 1 }] });
  original.append(line('e'), new Date(START));
  const objects = await drain(original);
  expect(objects.map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
  for (const { key } of objects) {
    expect(key).toMatch(/^captured\/qa\/AllTraffic\/2026\/11\/23\/21\/00-00-000-[\da-f-]{36}\.jsonl$/);
    expect(before.map((name) => name.replace('.open', ''))).not.toContain(path.basename(key));
  }
});

test('whatever comes, and wherever a process dies, each record is in exactly one object', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ append: fc.integer({ min: 60, max: 1200 }), hour: fc.nat(1) }),
      fc.constantFrom('crash' as const, 'seal' as const, 'drain' as const),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      let subject = spool({ maxBytes: 1_000_000 });
      const stored: string[] = [];
      const objects: { key: string; ids: string[] }[] = [];
      for (const [i, step] of sequence.entries()) {
        if (step === 'seal') subject.seal();
        else if (step === 'drain') objects.push(...(await drain(subject)));
        else if (step === 'crash') {
          subject = spool({ maxBytes: 1_000_000 });
          subject.recover([dir]);
        } else {
          subject.append(line(`r${i}`, step.append), new Date(START + step.hour * HOUR_MS));
          stored.push(`r${i}`);
        }
      }
      objects.push(...(await drain(subject)));
      expect(objects.flatMap(({ ids }) => ids).sort()).toEqual(stored.sort());
      expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
      expect(files()).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('the oldest record is the first of the segment that waits longest, also after a recovery', async () => {
  const subject = spool();
  expect(subject.oldestMs).toBeUndefined();
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    subject.append(line(id), new Date(START));
    nowMs += 1000;
  }
  expect(subject.oldestMs).toBe(START);
  subject.remove(subject.sealed[0]!);
  expect(subject.oldestMs).toBe(START + 3000);

  const successor = spool({}, dir);
  successor.recover([dir]);
  expect(successor.oldestMs).toBe(nowMs);
});
