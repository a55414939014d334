import fs from 'node:fs';
import path from 'node:path';
import { type KeyScope, objectKey } from '../../capture/object-key.ts';
import { Backlog, type Damage } from './backlog.ts';
import type { BatchLimits } from './batch.ts';
import { GrowingBatch, type PayloadObject } from './growing-batch.ts';
import { type GrowingKind, KINDS, type Kind } from './kind.ts';
import type { Home } from './own-folder.ts';
import { type Recovered, recoverSegments } from './recovery.ts';
import { renewedKey, type SealedSegment } from './segment.ts';

export interface SpoolOptions {
  home: Home;
  /** Most bytes of all segments together. */
  maxBytes: number;
  batch: BatchLimits;
  scopes: Readonly<Record<Kind, KeyScope>>;
  /** For the age of a batch: milliseconds on a monotonic clock that goes on while the environment is frozen. */
  now: () => number;
  /** What makes an object's key unique, a new UUID each time. */
  uuid: () => string;
  /** Called when another program has removed or changed files. What is lost is no longer pending by then. */
  onDamage: (damage: Damage) => void;
}

/** Hexadecimal digits of a digest in a key: 128 bits. */
const DIGEST_DIGITS = 32;

/** `full`: the spool holds `maxBytes`. `unwritable`: the disk refused, `cause` says why. */
export type AppendResult =
  | { stored: true }
  | { stored: false; reason: 'full' }
  | { stored: false; reason: 'unwritable'; cause: Error };

/**
 * What is acknowledged and not yet delivered, as segments on disk: records, labels, and payloads that have objects of their own. Memory holds
 * names and counts only.
 *
 * Invariant: `count(kind)` is the number of whole lines in all segments of a kind, and `bytes` the length of all, as far as is known: what another program
 * destroys is noticed at the next record, at the end of the segment, or when it is read.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #backlog: Backlog;
  readonly #batches: Readonly<Record<GrowingKind, GrowingBatch>>;
  /** A record has found no room, and none has been made since then. */
  #refused = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.onDamage);
    const { batch: limits, scopes, ...others } = options;
    const batchOf = (kind: GrowingKind) =>
      new GrowingBatch({ kind, scope: scopes[kind], limits, backlog: this.#backlog, ...others });
    this.#batches = { record: batchOf('record'), label: batchOf('label') };
  }

  /**
   * Takes over what predecessors left.
   *
   * @param folders of theirs
   * @throws when this process's own folder cannot be made
   */
  recover(folders: readonly string[]): Omit<Recovered, 'segments'> {
    const { home, batch, now } = this.#options;
    home.ensure();
    const { segments, ...others } = recoverSegments(folders, home.folder, batch.bytes);
    for (const segment of segments) this.#backlog.add({ ...segment, openedMs: now() });
    return others;
  }

  /**
   * Makes one record safe, or one label.
   *
   * @param line of JSON, with its line feed
   * @param time of the record; its UTC hour decides the segment
   * @param payload of the record that gets an object of its own: both are stored, or neither is
   */
  append(line: Buffer, time: Date, kind: GrowingKind = 'record', payload?: PayloadObject): AppendResult {
    const { maxBytes } = this.#options;
    const batch = this.#batches[kind];
    const bytes = line.length + (payload?.line.length ?? 0);
    try {
      batch.mend({ byName: false });
      if (this.bytes + bytes > maxBytes) this.#backlog.forgetIfGone();
      if (this.bytes + bytes > maxBytes) {
        this.seal(); // its records are to be delivered now, at any age
        this.#refused = true;
        return { stored: false, reason: 'full' };
      }
      batch.append(line, time, payload);
      return { stored: true };
    } catch (cause) {
      batch.discardIfEmpty();
      return { stored: false, reason: 'unwritable', cause: cause as Error };
    }
  }

  /**
   * The object that the payloads of a record become. Its key follows from the content, so that a record that is posted again, even to another
   * process, has the same one.
   *
   * @param time of the record
   */
  payloadObject(line: Buffer, time: Date): PayloadObject {
    const digest = process.getBuiltinModule('node:crypto').hash('sha256', line, 'hex').slice(0, DIGEST_DIGITS);
    return { key: objectKey(this.#options.scopes.payload, time, digest), line };
  }

  /** Seals the open segments. */
  seal(): void {
    for (const batch of Object.values(this.#batches)) batch.seal();
  }

  /** Seals the open segments whose time has come. */
  sealIfFinished(): void {
    for (const batch of Object.values(this.#batches)) batch.sealIfFinished();
  }

  /**
   * Seals the open segments and gives all segments new keys. That is for copies of one environment, which hold the same files and must not take
   * each other's objects for their own. Payloads keep theirs: lines name them, and equal keys mean equal objects. No delivery of these segments
   * may have been tried yet.
   */
  rekeyAll(): void {
    this.seal();
    for (const segment of this.#backlog.segments) if (segment.kind !== 'payload') this.rekey(segment);
  }

  /** Gives a sealed segment a new key. Where the disk refuses, its file keeps the old one, which a successor then uses. */
  rekey(segment: SealedSegment): void {
    segment.key = renewedKey(segment.key, this.#options.uuid());
    const file = path.join(path.dirname(segment.file), path.basename(segment.key));
    try {
      fs.renameSync(segment.file, file);
      segment.file = file;
    } catch {
      // The disk takes nothing else either.
    }
  }

  /** The sealed segments, the one that waits longest first. */
  get sealed(): readonly SealedSegment[] {
    return this.#backlog.segments;
  }

  /** The sealed segments that are due: all but the payloads of records in an open segment. */
  get due(): SealedSegment[] {
    return this.#backlog.segments.filter((segment) => !this.#batches.record.owns(segment));
  }

  /**
   * The bytes of a sealed segment: the only part of the backlog that is ever in memory. Records in it that another program has removed or
   * changed are counted as lost.
   *
   * @returns undefined where nothing is left of it; the segment is then forgotten
   * @throws when the file is there and cannot be read; the segment then stays
   */
  read(segment: SealedSegment): Promise<Buffer | undefined> {
    return this.#backlog.read(segment);
  }

  /** Forgets a segment that has been delivered. It must be one of the sealed ones. */
  remove(segment: SealedSegment): void {
    this.#backlog.remove(segment);
    this.#refused = false;
  }

  /** When the open segment that waits longest got its first record, on the clock of the spool. */
  get openedMs(): number | undefined {
    const { record, label } = this.#batches;
    if (record.openedMs === undefined || label.openedMs === undefined) return record.openedMs ?? label.openedMs;
    return Math.min(record.openedMs, label.openedMs);
  }

  /** When the line that waits longest came, or was recovered, on the clock of the spool. Undefined where there is none. */
  get oldestMs(): number | undefined {
    const times = [...this.sealed.map(({ openedMs }) => openedMs), this.openedMs ?? Number.POSITIVE_INFINITY];
    const oldestMs = Math.min(...times);
    return oldestMs === Number.POSITIVE_INFINITY ? undefined : oldestMs;
  }

  /** Lines of one kind in all segments. */
  count(kind: Kind): number {
    return this.#backlog.count(kind) + (kind === 'payload' ? 0 : this.#batches[kind].records);
  }

  /** Lines of all kinds in all segments. */
  get pending(): number {
    return KINDS.reduce((sum, kind) => sum + this.count(kind), 0);
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#backlog.bytes + this.#batches.record.bytes + this.#batches.label.bytes;
  }

  /** Whether the spool is half full, or has no room for a record that came: the next records may find none either. */
  get isShort(): boolean {
    return this.#refused || this.bytes * 2 >= this.#options.maxBytes;
  }
}
