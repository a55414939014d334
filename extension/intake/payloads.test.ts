import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import type { StoredLine } from '../../capture/stored-line.ts';
import { KEEP_EVERYTHING, type Policy } from '../../policy/policy.ts';
import { createTallies, statsOf } from '../accounting/tallies.ts';
import { scopesOf } from '../configuration/prefixes.ts';
import { Spool } from '../spool/spool.ts';
import { createIntake, type Fate, REMEMBERED_IDS } from './intake.ts';
import { RecentIds } from './recent-ids.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'payloads-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

/** The first four letters of an input stay in the line, and the whole of it goes to an object of its own. */
const cut: Policy['record'] = (record) => ({
  keep: true,
  record: { ...record, input: { ...record.input, data: record.input.data.slice(0, 4) } },
  marks: {
    sampleRate: 1,
    truncated: { input: { bytes: record.input.data.length, sha256: `digest of ${record.input.data}` } },
  },
  apart: { input: record.input },
});

/** A process that takes records into a spool, from what predecessors left in it. */
function setUp(maxBytes = 1_000_000) {
  const tallies = createTallies();
  const spool = new Spool({
    home: { folder: dir, ensure() {} },
    maxBytes,
    batch: { records: 100, bytes: 100_000, ageMs: 60_000 },
    scopes: scopesOf({ prefix: 'records', endpoint: 'qa', variant: 'v' }),
    now: () => 0,
    uuid: randomUUID,
    onDamage: ({ lost }) => tallies.payload.lose('VANISHED', lost.payload),
  });
  const { lastIds } = spool.recover([dir]);
  const fates = new RecentIds<Fate>(REMEMBERED_IDS);
  for (const id of lastIds.record) fates.set(id, 'stored');
  const intake = createIntake({
    policy: { ...KEEP_EVERYTHING, record: cut },
    spool,
    origin: { functionName: 'QuestionAnswering', functionVersion: '1' },
    counters: tallies.record,
    fates,
    log: () => {},
  });
  const post = (eventId: string, data = 'a whole input') =>
    intake.take(JSON.stringify({ ...EXAMPLE_RECORD, eventId, input: { ...EXAMPLE_RECORD.input, data } })).accepted;
  /** All objects as they would be delivered. */
  const objects = async () => {
    spool.seal();
    const read = spool.sealed.map(async (segment) => [segment.key, String(await spool.read(segment))] as const);
    return new Map(await Promise.all(read));
  };
  return { spool, stats: () => statsOf(tallies, spool), post, objects };
}

const linesUnder = (prefix: string, objects: Map<string, string>): StoredLine[] =>
  [...objects].flatMap(([key, text]) =>
    key.startsWith(prefix)
      ? text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  );

test('the whole payload is an object of its own, which the line names', async () => {
  const { post, objects } = setUp();
  for (const id of ['a', 'b']) expect(post(id)).toBe(true);
  const all = await objects();
  const records = linesUnder('records/', all);
  expect(records.map(({ captureData }) => captureData.endpointInput?.data)).toEqual(['a wh', 'a wh']);
  for (const { eventMetadata, inferenceCapture } of records) {
    const { object } = inferenceCapture.truncated!.input!;
    expect(object).toMatch(/^payloads\/qa\/v\/2026\/11\/23\/21\/00-00-123-[\da-f]{32}\.jsonl$/);
    const [payload, ...others] = linesUnder(object!, all);
    expect(payload!.captureData).toEqual({
      endpointInput: { ...EXAMPLE_STORED, data: 'a whole input' },
    });
    expect(payload!.eventMetadata.eventId).toBe(eventMetadata.eventId);
    expect(others).toEqual([]);
  }
});
const EXAMPLE_STORED = { observedContentType: 'application/json', mode: 'INPUT', encoding: 'JSON' };

test('records count, and their payloads count for themselves', async () => {
  const { post, stats, spool } = setUp();
  post('a');
  expect(stats()).toMatchObject({ received: 1, pending: 1, payloads: { pending: 1, dropped: {} } });
  expect(spool.pending).toBe(2);
});

test('a payload is not due before the batch of its record is, and its bytes are those of the batch', () => {
  const { post, spool } = setUp();
  post('a');
  expect(spool.sealed).toHaveLength(1);
  expect(spool.due).toEqual([]);
  post('b', 'x'.repeat(99_000)); // the batch is full
  expect(spool.due.map(({ kind }) => kind)).toEqual(['payload', 'record']);
});

test('where the line finds no room, the payload takes none', () => {
  const { post, spool } = setUp(4_000);
  expect(post('a')).toBe(true);
  const { bytes } = spool;
  expect(post('b', 'x'.repeat(3_000))).toBe(false);
  expect(spool.bytes).toBe(bytes);
});

test('where the disk does not take the line, the payload goes, and a record that is posted again has it once', async () => {
  const { post, spool, objects } = setUp();
  const real = fs.writeSync;
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation(((...args: Parameters<typeof fs.writeSync>) => {
    if (String(args[1]).includes('functionName')) throw new Error('ENOSPC');
    return real(...args);
  }) as typeof fs.writeSync);
  expect(post('a')).toBe(false);
  expect(spool).toMatchObject({ pending: 0, bytes: 0, sealed: [] });
  spy.mockRestore();
  for (let i = 0; i < 2; i++) expect(post('a')).toBe(true);
  expect([...(await objects()).keys()].filter((key) => key.startsWith('payloads/'))).toHaveLength(1);
});

test('where the process ends between payload and line, the next one finds the payload and stores it no second time', async () => {
  const first = setUp();
  first.post('a');
  const [payload] = first.spool.sealed;
  for (const file of fs.globSync(path.join(dir, 'records/**/*.open'))) fs.rmSync(file); // as if the line had not been written
  const second = setUp();
  expect(second.spool.sealed.map(({ key }) => key)).toEqual([payload!.key]);
  expect(second.post('a')).toBe(true);
  const objects = await second.objects();
  expect(linesUnder('payloads/', objects)).toHaveLength(1);
  expect(linesUnder('records/', objects)[0]!.inferenceCapture.truncated!.input!.object).toBe(payload!.key);
});

test('a payload that somebody removes is counted as vanished, and its record is not', async () => {
  const { post, stats, objects, spool } = setUp();
  post('a');
  fs.rmSync(spool.sealed[0]!.file);
  await objects();
  expect(stats()).toMatchObject({ pending: 1, dropped: { VANISHED: 0 } });
  expect(stats().payloads).toMatchObject({ pending: 0, dropped: { VANISHED: 1 } });
});

test('copies of one environment keep the keys of payloads, which lines name', async () => {
  const { post, spool, objects } = setUp();
  post('a');
  const before = spool.sealed[0]!.key;
  spool.rekeyAll();
  expect([...(await objects()).keys()]).toContain(before);
});
