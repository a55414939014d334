import { type Sifted, sift, type Wanted } from './lines.ts';
import type { ObjectRef, Store, StoredContent } from './stores/store.ts';

export interface ErasureOptions {
  /** Tells what would go, and changes nothing. @default false */
  dryRun: boolean;
  /** Also from what a versioned bucket keeps of replaced objects. @default false */
  oldVersions: boolean;
  /** Milliseconds since the epoch. */
  wallNow: () => number;
  /** Called after each object that was read. */
  onProgress?: (report: Readonly<ErasureReport>) => void;
}

/** What an erasure did, or with `dryRun` would do. */
export interface ErasureReport {
  objectsRead: number;
  bytesRead: number;
  /** Lines erased, of records, labels and payloads. */
  linesErased: number;
  /** Each object that lines were erased from. */
  objects: { store: string; key: string; oldVersion?: string | undefined; linesErased: number; linesKept: number }[];
  /** Records without a subject: nobody can tell whom they are about. */
  recordsWithoutSubject: number;
  /** Lines that are none of ours. They stay. */
  unreadableLines: number;
  /** The sources that keep old versions of objects, or may, where these were not searched. They may have the erased lines. */
  oldVersionsIn: string[];
  /** What could not be erased. */
  failures: { store: string; key: string; cause: string }[];
  /** Nothing of the subject is left in what was read, as far as the records tell whom they are about. */
  complete: boolean;
}

/** Objects that are read or written at once. */
const LANES = 8;
/** Another program may replace an object while it is sifted: then it is read again. */
const MAX_TRIES = 5;
/** Environments may store new records meanwhile. Each pass looks at what is new. */
const MAX_PASSES = 5;
/** By how much a store's clock may be behind. */
const CLOCK_SKEW_MS = 15 * 60_000;
/** A larger object is none of ours. */
const MAX_BYTES = 512 * 1024 * 1024;

interface Found {
  store: Store;
  object: ObjectRef;
}

/**
 * Rewrites the objects that have lines of one subject, without those lines, byte for byte otherwise.
 *
 * It may be broken off at any point and run again: records are rewritten after the labels and payloads that are found by them. An object of
 * which nothing is left stays, empty: an environment that has got no answer stores the same object again, unless it is there.
 */
export async function erase(stores: readonly Store[], wanted: Wanted, options: ErasureOptions): Promise<ErasureReport> {
  const { dryRun, oldVersions, wallNow, onProgress = () => {} } = options;
  const report: ErasureReport = {
    objectsRead: 0,
    bytesRead: 0,
    linesErased: 0,
    objects: [],
    recordsWithoutSubject: 0,
    unreadableLines: 0,
    oldVersionsIn: [],
    failures: [],
    complete: false,
  };

  async function pass(first: boolean, sinceMs: number): Promise<number> {
    const withSubject: Found[] = [];
    const others: Found[] = [];
    await inLanes(everything(stores, oldVersions, sinceMs), async (found) => {
      await attempt(found, async () => {
        const sifted = await look(found);
        if (sifted === undefined) return;
        if (first) report.recordsWithoutSubject += sifted.unmarked;
        if (first) report.unreadableLines += sifted.unreadable;
        if (sifted.hasOthers) others.push(found);
        else if (sifted.erased > 0) withSubject.push(found);
      });
      onProgress(report);
    });
    const before = report.linesErased;
    await inLanes(others, (found) => attempt(found, () => rewrite(found)));
    if (report.failures.length > 0) return 0; // the records are what the others are found by
    await inLanes(withSubject, (found) => attempt(found, () => rewrite(found)));
    return report.linesErased - before;
  }

  async function look({ store, object }: Found): Promise<Sifted | undefined> {
    if (object.bytes > MAX_BYTES) throw new Error(`Expected at most ${MAX_BYTES} bytes, got ${object.bytes}`);
    const content = await store.read(object);
    if (content === undefined) return undefined;
    report.objectsRead += 1;
    report.bytesRead += content.body.length;
    return sift(content.body, wanted);
  }

  async function rewrite({ store, object }: Found): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const content = await store.read(object);
      if (content === undefined) return;
      const { kept, erased } = sift(content.body, wanted);
      if (erased === 0) return;
      const outcome = dryRun ? 'replaced' : await replace({ store, object }, content, kept);
      if (outcome === 'changed') continue;
      const { key, oldVersion } = object;
      report.linesErased += erased;
      report.objects.push({ store: store.name, key, oldVersion, linesErased: erased, linesKept: linesOf(kept) });
      return;
    }
    throw new Error(`Expected the object to stay as it was read, got it changed ${MAX_TRIES} times`);
  }

  async function replace({ store, object }: Found, before: StoredContent, kept: Buffer) {
    if (object.oldVersion === undefined) return store.replace(object, before, kept);
    await store.removeVersion(object);
    return 'replaced';
  }

  async function attempt({ store, object }: Found, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      report.failures.push({ store: store.name, key: object.key, cause: String(error) });
    }
  }

  let left = 0;
  for (let passes = 0, sinceMs = 0; passes < MAX_PASSES; passes++) {
    const startedMs = wallNow();
    left = await pass(passes === 0, sinceMs);
    if (left === 0 || dryRun || report.failures.length > 0) break;
    sinceMs = oldVersions ? 0 : startedMs - CLOCK_SKEW_MS; // an old version keeps the time of its content
  }
  if (!oldVersions)
    for (const store of stores) if (await store.keepsOldVersions()) report.oldVersionsIn.push(store.name);
  report.complete = !dryRun && left === 0 && report.failures.length === 0 && report.oldVersionsIn.length === 0;
  return report;
}

async function* everything(stores: readonly Store[], oldVersions: boolean, sinceMs: number): AsyncGenerator<Found> {
  for (const store of stores) {
    for await (const object of store.list(oldVersions)) if (object.modifiedMs >= sinceMs) yield { store, object };
  }
}

/** Works on some of them at a time. */
async function inLanes<T>(all: AsyncIterable<T> | Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const iterator = Symbol.asyncIterator in all ? all[Symbol.asyncIterator]() : all[Symbol.iterator]();
  async function lane(): Promise<void> {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) await work(next.value);
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}

function linesOf(content: Buffer): number {
  let lines = 0;
  for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
