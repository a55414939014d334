import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scopesOf } from '../configuration/prefixes.ts';
import { Spool } from './spool.ts';

const START = Date.parse('2026-11-23T21:59:59.999Z');
/** What of the file system the spool changes things with. */
const CALLS = [
  'mkdirSync',
  'openSync',
  'writeSync',
  'renameSync',
  'closeSync',
  'rmSync',
  'rmdirSync',
  'ftruncateSync',
] as const;
/** Where the process dies: before a call, after it, or in the middle of a write. */
type Moment = 'before' | 'after' | 'within';
const MOMENTS: readonly Moment[] = ['before', 'after', 'within'];

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'crash-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true, force: true });
});

/** Lets a process die at its nth call of the file system: nothing that it does afterwards has an effect. */
function dieAt(n: number, moment: Moment): { died: () => boolean } {
  let calls = 0;
  let dead = false;
  for (const name of CALLS) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    vi.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      if (!dead && ++calls !== n) return real(...args);
      if (!dead && moment === 'after') real(...args);
      if (!dead && moment === 'within' && name === 'writeSync') {
        const [fd, line, offset, length, position] = args as [number, Buffer, number, number, number];
        fs.writevSync(fd, [line.subarray(offset, Math.floor(length / 2))], position);
      }
      dead = true;
      throw new Error('dead');
    }) as never);
  }
  return { died: () => dead };
}

const PREFIXES: Record<string, string> = { record: 'captured', label: 'ground-truth', payload: 'payloads' };
const LABEL = { groundTruthData: { data: '1', encoding: 'CSV' } };
const APART = { inferenceCapture: { apart: true } };
const lineOf = (eventId: string, others = {}) =>
  Buffer.from(`${JSON.stringify({ eventMetadata: { eventId }, ...others })}\n`);

/** A sink that stores an object once, as S3 does with If-None-Match. */
class Bucket {
  readonly objects = new Map<string, string>();
  put(key: string, body: string): void {
    if (!this.objects.has(key)) this.objects.set(key, body);
  }
  /** @throws where an object holds anything but whole lines */
  ids(): string[] {
    const lines = [...this.objects.values()].flatMap((body) => body.replace(/\n$/, '').split('\n'));
    return lines.map((line) => JSON.parse(line).eventMetadata.eventId as string);
  }
}

/** The spool of a process of this name, in a folder of its own. */
const spool = (name: string) =>
  new Spool({
    home: { folder: path.join(dir, name), ensure() {} },
    maxBytes: 100_000,
    batch: { records: 3, bytes: 1000, ageMs: 60_000 },
    scopes: scopesOf({ prefix: 'captured', endpoint: 'qa', variant: 'AllTraffic' }),
    now: () => START,
    uuid: randomUUID,
    onDamage: () => {},
  });

async function deliver(from: Spool, bucket: Bucket, died: () => boolean): Promise<void> {
  for (const segment of [...from.sealed]) {
    const body = String(await from.read(segment));
    if (died()) return;
    bucket.put(segment.key, body);
    from.remove(segment);
  }
}

/** What a process does with a spool, from its start until it dies. */
async function runEnvironment(
  bucket: Bucket,
  acknowledged: string[],
  name: string,
  died: () => boolean,
): Promise<void> {
  const subject = spool(name);
  const predecessors = fs.readdirSync(dir).map((folder) => path.join(dir, folder));
  try {
    subject.recover(predecessors);
    for (let i = 0; i < 8 && !died(); i++) {
      const eventId = `${name}${i}`;
      const time = new Date(START + i); // in the middle, the hour changes
      const payload = i % 4 === 2 ? subject.payloadObject(lineOf(`payload of ${eventId}`, APART), time) : undefined;
      const { stored } = subject.append(lineOf(eventId), time, 'record', payload);
      if (stored && !died()) acknowledged.push(eventId, ...(payload ? [`payload of ${eventId}`] : []));
      if (i % 4 !== 1) continue;
      const label = subject.append(lineOf(`label of ${eventId}`, LABEL), time, 'label');
      if (label.stored && !died()) acknowledged.push(`label of ${eventId}`);
      if (i === 5) await deliver(subject, bucket, died);
    }
    if (!died()) subject.seal();
    if (!died()) await deliver(subject, bucket, died);
  } catch (error) {
    if (!died()) throw error;
  }
}

test.each(MOMENTS)(
  'wherever a process dies, and the next one too, each acknowledged record, label and payload is in one object: %s a call',
  async (moment) => {
    let deaths = 0;
    for (let n = 1; ; n++) {
      fs.rmSync(dir, { recursive: true });
      fs.mkdirSync(dir);
      const bucket = new Bucket();
      const acknowledged: string[] = [];
      const first = dieAt(n, moment);
      await runEnvironment(bucket, acknowledged, 'a', first.died);
      vi.restoreAllMocks();
      if (!first.died()) break; // it has no nth call
      deaths += 1;
      const second = dieAt(1 + (n % 7), moment);
      await runEnvironment(bucket, acknowledged, 'b', second.died);
      vi.restoreAllMocks();
      await runEnvironment(bucket, acknowledged, 'c', () => false);

      const stored = bucket.ids();
      expect(new Set(stored).size, `twice, after ${n} calls`).toBe(stored.length);
      expect(stored, `lost, after ${n} calls`).toEqual(expect.arrayContaining(acknowledged));
      const left = fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(left).toEqual([]);
      for (const [key, body] of bucket.objects) {
        const prefix = /eventId":"(label|payload) of/.exec(body)?.[1] ?? 'record';
        expect(key.split('/')[0]).toBe(PREFIXES[prefix]);
        if (prefix === 'payload') expect(body.trimEnd()).not.toContain('\n');
      }
    }
    expect(deaths).toBeGreaterThan(30);
  },
);
