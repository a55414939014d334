import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import { storedLine } from '../capture/stored-line.ts';
import { subjectOf } from '../policy/subject.ts';
import { type ErasureOptions, erase } from './erase.ts';
import { folderStore } from './stores/folder.ts';
import type { Store } from './stores/store.ts';

const KEY = Buffer.from('a key of the platform team');
const ANN = subjectOf('ann@example.org', KEY);
const BOB = subjectOf('bob@example.org', KEY);
const ORIGIN = { functionName: 'f', functionVersion: '1' };

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'erase-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const record = (eventId: string, subject?: string, inferenceId?: string) =>
  JSON.stringify(
    storedLine({ record: { ...EXAMPLE_RECORD, eventId, inferenceId }, marks: { sampleRate: 1, subject } }, ORIGIN),
  );
const label = (ids: object) =>
  JSON.stringify({ groundTruthData: { data: '1', encoding: 'CSV' }, eventMetadata: ids, eventVersion: '0' });
const payload = (eventId: string) => JSON.stringify({ captureData: { endpointInput: {} }, eventMetadata: { eventId } });

function write(key: string, ...lines: string[]): void {
  const file = path.join(folder, key);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}
const linesOf = (key: string) => fs.readFileSync(path.join(folder, key), 'utf8').split('\n').slice(0, -1);

const wantedOf = (...subjects: string[]) => ({
  subjects: new Set(subjects),
  eventIds: new Set<string>(),
  inferenceIds: new Set<string>(),
});
const run = (options: Partial<ErasureOptions> = {}, store: Store = folderStore(folder, 'here'), subjects = [ANN]) =>
  erase([store], wantedOf(...subjects), { dryRun: false, oldVersions: false, wallNow: () => Date.now(), ...options });

test("a person's records go, and all other lines stay byte for byte", async () => {
  const others = [record('b', BOB), record('c'), 'no record at all', '{"half": '];
  write('records/1.jsonl', record('a1', ANN), ...others, record('a2', ANN));
  write('records/2.jsonl', ...others);
  const before = fs.statSync(path.join(folder, 'records/2.jsonl')).ino;
  const report = await run();
  expect(linesOf('records/1.jsonl')).toEqual(others);
  expect(fs.statSync(path.join(folder, 'records/2.jsonl')).ino, 'rewritten').toBe(before);
  expect(report).toMatchObject({
    complete: true,
    linesErased: 2,
    objects: [{ store: 'here', key: 'records/1.jsonl', linesErased: 2, linesKept: 4 }],
    recordsWithoutSubject: 2,
    failures: [],
  });
});

test('the labels and payloads of these records go too, wherever they lie', async () => {
  write('a-labels/1.jsonl', label({ eventId: 'a' }), label({ eventId: 'b' }), label({ inferenceId: 'order-7' }));
  write('payloads/1.jsonl', payload('a'));
  write('records/1.jsonl', record('a', ANN, 'order-7'), record('b', BOB, 'order-8'));
  expect(await run()).toMatchObject({ complete: true, linesErased: 4 });
  expect(linesOf('a-labels/1.jsonl')).toEqual([label({ eventId: 'b' })]);
  expect(linesOf('payloads/1.jsonl')).toEqual([]);
  expect(linesOf('records/1.jsonl')).toEqual([record('b', BOB, 'order-8')]);
});

test('an object of which nothing is left stays, empty: else a delivery that got no answer would store it again', async () => {
  write('records/1.jsonl', record('a', ANN));
  expect(await run()).toMatchObject({ complete: true });
  expect(fs.readdirSync(path.join(folder, 'records'))).toEqual(['1.jsonl']);
});

test('a dry run says the same and changes nothing', async () => {
  write('records/1.jsonl', record('a', ANN), record('b', BOB));
  write('labels/1.jsonl', label({ eventId: 'a' }));
  const before = linesOf('records/1.jsonl');
  expect(await run({ dryRun: true })).toMatchObject({ complete: false, linesErased: 2, failures: [] });
  expect(linesOf('records/1.jsonl')).toEqual(before);
});

test('records that were marked with a former key go with those of the present one', async () => {
  const former = subjectOf('ann@example.org', Buffer.from('the former key'));
  write('records/1.jsonl', record('a', ANN), record('b', former));
  expect(await run({}, undefined, [ANN, former])).toMatchObject({ linesErased: 2 });
});

/** A store in which something happens at the nth replacement. */
function disturbed(at: number, happens: (key: string) => 'changed' | undefined): Store {
  const store = folderStore(folder, 'here');
  let replacements = 0;
  return {
    ...store,
    async replace(object, before, body) {
      if (++replacements === at && happens(object.key) === 'changed') return 'changed';
      return store.replace(object, before, body);
    },
  };
}

test('an object that is replaced meanwhile is read again', async () => {
  write('records/1.jsonl', record('a', ANN));
  const store = disturbed(1, (key) => {
    write(key, record('b', BOB), record('a', ANN));
    return 'changed';
  });
  expect(await run({}, store)).toMatchObject({ complete: true, linesErased: 1 });
  expect(linesOf('records/1.jsonl')).toEqual([record('b', BOB)]);
});

test('what cannot be written is told, and nothing that it is found by goes', async () => {
  write('labels/1.jsonl', label({ eventId: 'a' }));
  write('records/1.jsonl', record('a', ANN));
  const store = disturbed(1, () => {
    throw new Error('AccessDenied');
  });
  const failed = await run({}, store);
  expect(failed).toMatchObject({
    complete: false,
    failures: [{ key: 'labels/1.jsonl', cause: 'Error: AccessDenied' }],
  });
  expect(linesOf('records/1.jsonl')).toHaveLength(1);
  expect(await run()).toMatchObject({ complete: true, linesErased: 2 });
});

test('records that are stored while it works go too', async () => {
  write('records/1.jsonl', record('a', ANN));
  const store = disturbed(1, () => {
    write('records/2.jsonl', record('a2', ANN));
    return undefined;
  });
  expect(await run({}, store)).toMatchObject({ complete: true, linesErased: 2 });
});

describe('whatever lies where', () => {
  const line = fc.record({
    id: fc.constantFrom('1', '2', '3'),
    subject: fc.constantFrom(ANN, BOB, undefined),
    kind: fc.constantFrom('record', 'label', 'payload'),
  });
  const objects = fc.array(fc.array(line, { maxLength: 4 }), { maxLength: 6 });

  test('and wherever it is broken off: run again, it leaves nothing of the person, and all of the others', async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 6 }), async (all, brokenAt) => {
        fs.rmSync(folder, { recursive: true });
        fs.mkdirSync(folder);
        // An event id belongs to one subject, and an object has one kind of line.
        const ids = (of: string | undefined, id: string) => `${of?.slice(0, 8)}-${id}`;
        const content = all.map((lines) => {
          const kind = lines[0]?.kind;
          return lines.map(({ id, subject }) => {
            const eventId = ids(subject, id);
            if (kind === 'record') return { subject, text: record(eventId, subject) };
            return { subject, text: kind === 'label' ? label({ eventId }) : payload(eventId) };
          });
        });
        for (const [n, lines] of content.entries()) write(`${n}.jsonl`, ...lines.map(({ text }) => text));
        const recorded = new Set(
          content
            .flat()
            .filter(({ text }) => text.includes('requestId'))
            .map(({ text }) => JSON.parse(text).eventMetadata.eventId),
        );
        const store = disturbed(brokenAt, () => {
          throw new Error('killed');
        });
        await run({}, store);
        expect(await run()).toMatchObject({ complete: true });
        for (const [n, lines] of content.entries()) {
          const stays = lines.filter(
            ({ subject, text }) => subject !== ANN || !recorded.has(JSON.parse(text).eventMetadata.eventId),
          );
          expect(linesOf(`${n}.jsonl`)).toEqual(stays.map(({ text }) => text));
        }
      }),
      { numRuns: 50 },
    );
  });
});
