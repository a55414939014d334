import fs from 'node:fs';
import path from 'node:path';
import { hourOf, type KeyScope, objectKey } from '../../capture/object-key.ts';
import { Backlog, type Damage } from './backlog.ts';
import { type BatchLimits, fits, isFinished } from './batch.ts';
import type { Home } from './own-folder.ts';
import { type Recovered, recoverSegments } from './recovery.ts';
import { OpenSegment, renewedKey, type SealedSegment } from './segment.ts';

export interface SpoolOptions {
  home: Home;
  /** Most bytes of all segments together. */
  maxBytes: number;
  batch: BatchLimits;
  scope: KeyScope;
  /** For the age of a batch: milliseconds on a monotonic clock that goes on while the environment is frozen. */
  now: () => number;
  /** What makes an object's key unique, a new UUID each time. */
  uuid: () => string;
  /** Called when another program has removed or changed files. The lost records are no longer pending by then. */
  onDamage: (damage: Damage) => void;
}

/** `full`: the spool holds `maxBytes`. `unwritable`: the disk refused, `cause` says why. */
export type AppendResult =
  | { stored: true }
  | { stored: false; reason: 'full' }
  | { stored: false; reason: 'unwritable'; cause: Error };

/**
 * The records that are acknowledged and not yet delivered, as segments on disk. Memory holds their names and counts only.
 *
 * Invariant: `pending` is the number of whole lines in all segments, and `bytes` their length, as far as is known: what another program
 * destroys is noticed at the next record, at the end of the segment, or when it is read.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #backlog: Backlog;
  #open: OpenSegment | undefined;
  /** A record has found no room, and none has been made since then. */
  #refused = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.onDamage);
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
   * Makes one record safe.
   *
   * @param line of JSON, with its line feed
   * @param time of the record; its UTC hour decides the segment
   */
  append(line: Buffer, time: Date): AppendResult {
    const { maxBytes, batch } = this.#options;
    const hour = hourOf(time);
    try {
      this.#mend({ byName: false });
      if (this.bytes + line.length > maxBytes) this.#backlog.forgetIfGone();
      if (this.bytes + line.length > maxBytes) {
        this.seal(); // its records are to be delivered now, at any age
        this.#refused = true;
        return { stored: false, reason: 'full' };
      }
      if (this.#open !== undefined && !fits(this.#open, batch, { bytes: line.length, hour })) this.seal();
      this.#open ??= this.#openSegment(time, hour);
      this.#open.append(line);
      return { stored: true };
    } catch (cause) {
      this.#discardIfEmpty();
      return { stored: false, reason: 'unwritable', cause: cause as Error };
    }
  }

  /** Seals the open segment, if there is one. */
  seal(): void {
    try {
      this.#mend({ byName: true });
    } catch {
      // The disk refuses to say what is left of it. The read before its delivery finds out.
    }
    this.#sealOpen();
  }

  /** Seals the open segment if its time has come. */
  sealIfFinished(): void {
    if (this.#open !== undefined && isFinished(this.#open, this.#options.batch, this.#options.now())) this.seal();
  }

  /**
   * Seals the open segment and gives all segments new keys. That is for copies of one environment, which hold the same files and must not take
   * each other's objects for their own. No delivery of these segments may have been tried yet.
   */
  rekeyAll(): void {
    this.seal();
    for (const segment of this.#backlog.segments) this.rekey(segment);
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

  /** When the open segment got its first record, on the clock of the spool. */
  get openedMs(): number | undefined {
    return this.#open?.openedMs;
  }

  /** When the oldest record came, or was recovered, on the clock of the spool. Undefined where there is none. */
  get oldestMs(): number | undefined {
    const times = [...this.sealed, this.#open].flatMap((segment) => segment?.openedMs ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Records in all segments. */
  get pending(): number {
    return this.#backlog.records + (this.#open?.records ?? 0);
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#backlog.bytes + (this.#open?.bytes ?? 0);
  }

  /** Whether the spool is half full, or has no room for a record that came: the next records may find none either. */
  get isShort(): boolean {
    return this.#refused || this.bytes * 2 >= this.#options.maxBytes;
  }

  #openSegment(time: Date, hour: string): OpenSegment {
    const { home, scope, now, uuid } = this.#options;
    this.#backlog.forgetIfGone();
    home.ensure();
    return new OpenSegment(home.folder, objectKey(scope, time, uuid()), hour, now());
  }

  /**
   * Checks that the open segment is as it was left, and restores what it can where it is not.
   *
   * @param byName looks at the path too, which takes three times as long
   * @throws when the disk refuses
   */
  #mend({ byName }: { byName: boolean }): void {
    const open = this.#open;
    if (open === undefined || (open.isIntact() && (!byName || open.hasItsName()))) return;
    const { records } = open;
    try {
      this.#options.home.ensure();
    } catch {
      // Then the records cannot be written again either.
    }
    const { written } = open.rescue();
    if (!written && !this.#backlog.mayKeepOpen) open.giveUp();
    const rescued = open.records;
    this.#discardIfEmpty();
    if (!written) this.#sealOpen(); // it is read from its open file, without a name
    this.#options.onDamage({ lost: records - rescued + this.#backlog.forgetGone(), rescued });
  }

  #sealOpen(): void {
    if (this.#open === undefined) return;
    this.#backlog.add(this.#open.seal({ keepOpen: this.#backlog.mayKeepOpen }));
    this.#open = undefined;
  }

  #discardIfEmpty(): void {
    if (this.#open?.records !== 0) return;
    this.#open.discard();
    this.#open = undefined;
  }
}
