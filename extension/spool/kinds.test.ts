import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { scopesOf } from '../configuration/prefixes.ts';
import { type Counts, KINDS, type Kind, noCounts } from './kind.ts';
import { identityOf } from './lines.ts';
import { Spool } from './spool.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-23T21:00:00.000Z');

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'kinds-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const lineOf = (stored: object) => Buffer.from(`${JSON.stringify(stored)}\n`);
const record = (eventId: string) => lineOf({ eventMetadata: { eventId }, inferenceCapture: { status: 200 } });
const payload = (eventId: string) => lineOf({ eventMetadata: { eventId }, inferenceCapture: { apart: true } });
const label = (inferenceId: string) =>
  lineOf({ groundTruthData: { data: inferenceId, encoding: 'CSV' }, eventMetadata: { inferenceId } });

/** A process with a spool, which takes over what its predecessors left. */
function start(lost: Counts = noCounts()) {
  const spool = new Spool({
    home: { folder: dir, ensure() {} },
    maxBytes: 1_000_000,
    batch: { records: 3, bytes: 100_000, ageMs: 60_000 },
    scopes: scopesOf({ prefix: 'records', endpoint: 'qa', variant: 'v' }),
    now: () => 0,
    uuid: randomUUID,
    onDamage: (damage) => {
      for (const kind of KINDS) lost[kind] += damage.lost[kind];
    },
  });
  return { spool, ...spool.recover([dir]) };
}

const append = {
  record: (spool: Spool, id: string, time: Date) => spool.append(record(id), time),
  label: (spool: Spool, id: string, time: Date) => spool.append(label(id), time, 'label'),
  payload: (spool: Spool, id: string, time: Date) =>
    spool.append(record(id), time, 'record', spool.payloadObject(payload(id), time)),
};

/** Delivers everything. @returns the prefix and the lines of each object */
async function drain(spool: Spool): Promise<{ key: string; lines: string[] }[]> {
  spool.seal();
  const objects = [];
  for (let [segment] = spool.sealed; segment !== undefined; [segment] = spool.sealed) {
    const content = await spool.read(segment);
    if (content === undefined) continue; // it is forgotten
    objects.push({ key: segment.key, lines: content.toString().trimEnd().split('\n') });
    spool.remove(segment);
  }
  return objects;
}

test('records and labels that come in turns fill one batch each, under a prefix of their own', async () => {
  const { spool } = start();
  for (const id of ['a', 'b']) {
    append.record(spool, id, new Date(START));
    append.label(spool, id, new Date(START));
  }
  expect(spool).toMatchObject({ pending: 4, sealed: [] });
  const objects = await drain(spool);
  expect(objects.map(({ key, lines }) => [key.replace(/[^/]+$/, ''), lines.length])).toEqual([
    ['records/qa/v/2026/11/23/21/', 2],
    ['ground-truth/qa/v/2026/11/23/21/', 2],
  ]);
});

test('a successor knows every kind again, and what came last of it', () => {
  const { spool } = start();
  append.payload(spool, 'a', new Date(START));
  append.label(spool, 'a', new Date(START));
  const { spool: after, lastIds } = start();
  expect(KINDS.map((kind) => after.count(kind))).toEqual([1, 1, 1]);
  expect(lastIds).toEqual({ record: ['a'], label: [identityOf(label('a'))!.id], payload: ['a'] });
});

test('whatever comes, wherever a process ends, whatever others remove: each line is in one object of its kind, or counted as lost', async () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ append: fc.constantFrom<Kind>(...KINDS), hour: fc.nat(1) }) },
      { weight: 3, arbitrary: fc.constantFrom('crash' as const, 'seal' as const, 'drain' as const, 'rekey' as const) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat(5) }) },
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const lost = noCounts();
      let { spool } = start(lost);
      const stored = noCounts();
      const unknown = noCounts(); // removed after the process that knew of them had ended
      const objects: Awaited<ReturnType<typeof drain>> = [];
      for (const [i, step] of sequence.entries()) {
        if (step === 'seal') spool.seal();
        else if (step === 'rekey') spool.rekeyAll();
        else if (step === 'drain') objects.push(...(await drain(spool)));
        else if (step === 'crash') {
          const known = KINDS.map((kind) => spool.count(kind));
          ({ spool } = start(lost));
          for (const [k, kind] of KINDS.entries()) unknown[kind] += known[k]! - spool.count(kind);
        } else if ('remove' in step) {
          const files = fs.globSync(path.join(dir, '**/*.jsonl*')).sort();
          if (files.length > 0) fs.rmSync(files[step.remove % files.length]!);
        } else {
          expect(append[step.append](spool, `r${i}`, new Date(START + step.hour * HOUR_MS))).toEqual({ stored: true });
          stored[step.append === 'label' ? 'label' : 'record'] += 1;
          if (step.append === 'payload') stored.payload += 1;
        }
      }
      objects.push(...(await drain(spool)));

      const delivered = noCounts();
      const seen = new Set<string>();
      for (const { key, lines } of objects) {
        for (const line of lines) {
          const { kind, id } = identityOf(Buffer.from(line))!;
          delivered[kind] += 1;
          expect(key.split('/')[0]).toBe({ record: 'records', label: 'ground-truth', payload: 'payloads' }[kind]);
          if (kind === 'payload') expect(lines).toHaveLength(1);
          expect(seen.has(`${kind} ${id}`)).toBe(false);
          seen.add(`${kind} ${id}`);
        }
      }
      for (const kind of KINDS) expect(delivered[kind] + lost[kind] + unknown[kind]).toBe(stored[kind]);
      expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
      expect(spool).toMatchObject({ pending: 0, bytes: 0, sealed: [], due: [] });
    }),
    { numRuns: 100 },
  );
});
