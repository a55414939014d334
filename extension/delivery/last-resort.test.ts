import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createTallies } from '../accounting/tallies.ts';
import { scopesOf } from '../configuration/prefixes.ts';
import { Spool } from '../spool/spool.ts';
import { type LoggedPart, logRecords } from './last-resort.ts';

/** CloudWatch Logs' limit for an event, in bytes. */
const MAX_EVENT_BYTES = 262_144 - 26;
const START = Date.parse('2026-11-23T21:00:00.000Z');

/** Logs these lines, some to an object, until so many have been written. */
async function logged(lines: string[], records = 3, writes = Number.POSITIVE_INFINITY, meanwhile = (_: Spool) => {}) {
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'last-resort-'));
  const batch = { records, bytes: 100_000_000, ageMs: 60_000 };
  const scope = { prefix: '', endpoint: 'qa', variant: 'v' };
  const tallies = createTallies();
  const counters = tallies.record;
  const spool = new Spool({
    home: { folder: dir, ensure() {} },
    maxBytes: 100_000_000,
    batch,
    scopes: scopesOf(scope),
    now: () => START,
    uuid: randomUUID,
    onDamage: ({ lost }) => counters.lose('VANISHED', lost.record),
  });
  for (const line of lines) spool.append(Buffer.from(`${line}\n`), new Date(START));
  spool.seal();
  const keys = spool.sealed.map(({ key }) => key);
  meanwhile(spool);
  const written: string[] = [];
  const writeLine = async (line: object) => void written.push(JSON.stringify(line));
  const sleep = () => new Promise(() => {});
  await logRecords({ spool, tallies, writeLine, now: () => written.length, sleep }, writes);
  const { pending } = spool;
  fs.rmSync(dir, { recursive: true });
  return { written, keys, pending, counters };
}

/** The objects that the log has, as docs/operations.md puts them together. */
function objects(written: string[], keys: string[]): string[][] {
  const parts = written.map((line) => JSON.parse(line) as LoggedPart).toReversed();
  const order = (part: LoggedPart) => part.line * 1000 + part.part;
  return keys.map((key) => {
    const ours = parts.filter((part) => part.key === key).sort((a, b) => order(a) - order(b));
    const byLine = Object.groupBy(ours, ({ line }) => line);
    return Object.values(byLine).map((line) => line!.map(({ text }) => text).join(''));
  });
}

test('whatever the records hold, the log has them all, each line short enough for CloudWatch', async () => {
  const data = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc
      .tuple(fc.constantFrom('a', '"', '\\', 'ß', '漢', '😀', '\u0000'), fc.integer({ min: 1, max: 300_000 }))
      .map(([letter, times]) => letter.repeat(times)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(data, { minLength: 1, maxLength: 5 }), async (texts) => {
      const lines = texts.map((text) => JSON.stringify({ eventMetadata: { eventId: 'e' }, data: text }));
      const { written, keys, pending, counters } = await logged(lines);
      expect(Math.max(...written.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(MAX_EVENT_BYTES);
      expect(written.every((line) => !line.includes('\n'))).toBe(true);
      expect(objects(written, keys).flat()).toEqual(lines);
      expect({ pending, logged: counters.logged }).toEqual({ pending: 0, logged: lines.length });
    }),
    { numRuns: 40 },
  );
});

test('when the time is up, what is not in the log as a whole stays in the spool', async () => {
  const { written, pending, counters } = await logged(['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'], 2, 3);
  expect(written).toHaveLength(3);
  expect({ pending, logged: counters.logged }).toEqual({ pending: 2, logged: 2 });
});

test('a segment that is gone or cannot be read keeps no other from the log', async () => {
  const lines = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'];
  const { written, pending, counters } = await logged(lines, 1, undefined, (spool) => {
    const [gone, unreadable] = spool.sealed;
    fs.truncateSync(gone!.file);
    const real = spool.read.bind(spool);
    vi.spyOn(spool, 'read').mockImplementation(async (segment) => {
      if (segment === unreadable) throw new Error('EIO: i/o error, read');
      return real(segment);
    });
  });
  expect(written.map((line) => (JSON.parse(line) as LoggedPart).text)).toEqual(['{"n":3}', '{"n":4}']);
  expect({ pending, logged: counters.logged, vanished: counters.dropped.VANISHED }).toEqual({
    pending: 1,
    logged: 2,
    vanished: 1,
  });
});
