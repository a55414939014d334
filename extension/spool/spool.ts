import fs from 'node:fs';
import path from 'node:path';
import { hourOf, type KeyScope, objectKey } from '../../capture/object-key.ts';
import { type BatchLimits, fits, isFinished } from './batch.ts';
import { recoverSegments } from './recovery.ts';
import { OpenSegment, type SealedSegment } from './segment.ts';

export interface SpoolOptions {
  /** Its folder, made when needed. */
  dir: string;
  /** Most bytes of all segments together. */
  maxBytes: number;
  batch: BatchLimits;
  scope: KeyScope;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** What makes an object's key unique, a new UUID each time. */
  uuid: () => string;
}

/** `full`: the spool holds `maxBytes`. `unwritable`: the disk refused, `cause` says why. */
export type AppendResult =
  | { stored: true }
  | { stored: false; reason: 'full' }
  | { stored: false; reason: 'unwritable'; cause: Error };

/**
 * The records that are acknowledged and not yet delivered, as segments on disk. Memory holds their names and counts only.
 *
 * Invariant: `pending` is the number of whole lines in all segments, and `bytes` their length.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #sealed: SealedSegment[] = [];
  #open: OpenSegment | undefined;
  #pending = 0;
  #bytes = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /**
   * Takes over what a predecessor left.
   *
   * @returns the event ids of the records written last
   * @throws when the folder cannot be read or written
   */
  recover(): string[] {
    fs.mkdirSync(this.#options.dir, { recursive: true });
    fs.accessSync(this.#options.dir, fs.constants.W_OK);
    const { segments, lastEventIds } = recoverSegments(this.#options.dir);
    for (const segment of segments) {
      this.#sealed.push(segment);
      this.#pending += segment.records;
      this.#bytes += segment.bytes;
    }
    return lastEventIds;
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
      if (this.#bytes + line.length > maxBytes) {
        this.seal(); // what it holds is to be delivered now, however young
        return { stored: false, reason: 'full' };
      }
      if (this.#open !== undefined && !fits(this.#open, batch, { bytes: line.length, hour })) this.seal();
      this.#open ??= this.#openSegment(time, hour);
      this.#open.append(line);
      this.#pending += 1;
      this.#bytes += line.length;
      return { stored: true };
    } catch (cause) {
      if (this.#open?.records === 0) {
        this.#open.discard();
        this.#open = undefined;
      }
      return { stored: false, reason: 'unwritable', cause: cause as Error };
    }
  }

  /**
   * Seals the open segment, if there is one.
   *
   * @throws when the disk refuses; the segment is then still open
   */
  seal(): void {
    if (this.#open === undefined) return;
    this.#sealed.push(this.#open.seal());
    this.#open = undefined;
  }

  /** Seals the open segment if its time has come. */
  sealIfFinished(): void {
    if (this.#open !== undefined && isFinished(this.#open, this.#options.batch, this.#options.now())) this.seal();
  }

  /**
   * Seals what there is and gives it new keys: for copies of one environment, which hold the same files and must not take each other's
   * objects for their own. None of them may have been tried to deliver yet.
   *
   * @throws when the disk refuses
   */
  rekey(): void {
    this.seal();
    for (const [i, segment] of this.#sealed.entries()) {
      const id = this.#options.uuid();
      const key = segment.key.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(?=\.jsonl$)/, id);
      const file = path.join(this.#options.dir, key);
      fs.renameSync(segment.file, file);
      this.#sealed[i] = { ...segment, key, file };
    }
  }

  /** The sealed segments, the one that waits longest first. */
  get sealed(): readonly SealedSegment[] {
    return this.#sealed;
  }

  /** The bytes of a sealed segment: the only part of the backlog that is ever in memory. */
  async read(segment: SealedSegment): Promise<Buffer> {
    return (await fs.promises.readFile(segment.file)).subarray(0, segment.bytes);
  }

  /** Forgets a segment that has been delivered, or is lost. It must be one of the sealed ones. */
  remove(segment: SealedSegment): void {
    this.#sealed.splice(this.#sealed.indexOf(segment), 1);
    this.#pending -= segment.records;
    this.#bytes -= segment.bytes;
    try {
      fs.rmSync(segment.file, { force: true });
    } catch {
      // A successor delivers it again and learns that it is there already.
    }
  }

  /** When the open segment got its first record, in milliseconds since the epoch. */
  get openedMs(): number | undefined {
    return this.#open?.openedMs;
  }

  /** Records in all segments. */
  get pending(): number {
    return this.#pending;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#bytes;
  }

  #openSegment(time: Date, hour: string): OpenSegment {
    const { dir, scope, now, uuid } = this.#options;
    return new OpenSegment(dir, objectKey(scope, time, uuid()), hour, now());
  }
}
