import { hourOf, type KeyScope, objectKey } from '../../capture/object-key.ts';
import type { Backlog, Damage } from './backlog.ts';
import { type BatchLimits, fits, isFinished } from './batch.ts';
import type { GrowingKind } from './kind.ts';
import type { Home } from './own-folder.ts';
import { OpenSegment, type SealedSegment } from './segment.ts';

export interface GrowingBatchParts {
  kind: GrowingKind;
  scope: KeyScope;
  home: Home;
  limits: BatchLimits;
  backlog: Backlog;
  /** For the age of a batch: milliseconds on a monotonic clock that goes on while the environment is frozen. */
  now: () => number;
  uuid: () => string;
  onDamage: (damage: Damage) => void;
}

/** Payloads that become an object of their own. */
export interface PayloadObject {
  key: string;
  /** The only line of the object, with its line feed. */
  line: Buffer;
}

/**
 * The batch of one kind that still grows: its open segment, and the segments with the payloads of its records. These are whole at once and wait
 * in the backlog, but are not due before the batch is.
 */
export class GrowingBatch {
  readonly #parts: GrowingBatchParts;
  #open: OpenSegment | undefined;
  readonly #payloads = new Set<SealedSegment>();
  #payloadBytes = 0;

  constructor(parts: GrowingBatchParts) {
    this.#parts = parts;
  }

  /**
   * Appends one line, to a new segment if it does not fit into the open one.
   *
   * @param payload stored before the line that names it. If the line cannot be stored, neither is the payload
   * @throws when the disk refuses
   */
  append(line: Buffer, time: Date, payload?: PayloadObject): void {
    const { limits } = this.#parts;
    const hour = hourOf(time);
    const bytes = line.length + (payload?.line.length ?? 0) + this.#payloadBytes;
    if (this.#open !== undefined && !fits(this.#open, limits, { bytes, hour })) this.seal();
    const stored = payload && this.#storePayload(payload, hour);
    try {
      this.#open ??= this.#openSegment(time, hour);
      this.#open.append(line);
    } catch (error) {
      if (stored !== undefined) this.#parts.backlog.remove(stored);
      throw error;
    }
    if (stored === undefined) return;
    this.#payloads.add(stored);
    this.#payloadBytes += stored.bytes;
  }

  /** Ends the batch, if there is one. */
  seal(): void {
    try {
      this.mend({ byName: true });
    } catch {
      // The disk refuses to say what is left of it. The read before its delivery finds out.
    }
    this.#sealOpen();
  }

  sealIfFinished(): void {
    const { limits, now } = this.#parts;
    if (this.#open === undefined) return;
    const { records, bytes, hour, openedMs } = this.#open;
    if (isFinished({ records, bytes: bytes + this.#payloadBytes, hour, openedMs }, limits, now())) this.seal();
  }

  /**
   * Checks that the open segment is as it was left, and restores what it can where it is not.
   *
   * @param byName looks at the path too, which takes three times as long
   * @throws when the disk refuses
   */
  mend({ byName }: { byName: boolean }): void {
    const open = this.#open;
    if (open === undefined || (open.isIntact() && (!byName || open.hasItsName()))) return;
    const { kind, home, backlog, onDamage } = this.#parts;
    const { records } = open;
    try {
      home.ensure();
    } catch {
      // Then the records cannot be written again either.
    }
    const { written } = open.rescue();
    if (!written && !backlog.mayKeepOpen) open.giveUp();
    const rescued = open.records;
    this.discardIfEmpty();
    if (!written) this.#sealOpen(); // it is read from its open file, without a name
    const lost = backlog.forgetGone();
    lost[kind] += records - rescued;
    onDamage({ lost, rescued });
  }

  /** Removes a segment that was opened for a line which the disk did not take. */
  discardIfEmpty(): void {
    if (this.#open?.records !== 0) return;
    this.#open.discard();
    this.#end();
  }

  /** Whether a sealed segment waits for the end of this batch. */
  owns(segment: SealedSegment): boolean {
    return this.#payloads.has(segment);
  }

  /** When the batch got its first record, on the clock of `now`. */
  get openedMs(): number | undefined {
    return this.#open?.openedMs;
  }

  /** Lines of the open segment. */
  get records(): number {
    return this.#open?.records ?? 0;
  }

  /** Bytes of the open segment. */
  get bytes(): number {
    return this.#open?.bytes ?? 0;
  }

  #openSegment(time: Date, hour: string): OpenSegment {
    const { kind, scope, home, backlog, now, uuid } = this.#parts;
    backlog.forgetIfGone();
    home.ensure();
    return new OpenSegment(home.folder, kind, objectKey(scope, time, uuid()), hour, now());
  }

  /**
   * A payload that waits already is not stored again: a record was refused, or its process ended, and it has been posted again.
   * No descriptor is kept for it: those are for the segments with many records.
   */
  #storePayload({ key, line }: PayloadObject, hour: string): SealedSegment | undefined {
    const { home, backlog, now } = this.#parts;
    if (backlog.has(key)) return undefined;
    home.ensure();
    const segment = new OpenSegment(home.folder, 'payload', key, hour, now());
    try {
      segment.append(line);
    } catch (error) {
      segment.discard();
      throw error;
    }
    const sealed = segment.seal({ keepOpen: false });
    backlog.add(sealed);
    return sealed;
  }

  #sealOpen(): void {
    const { backlog } = this.#parts;
    if (this.#open === undefined) return;
    backlog.add(this.#open.seal({ keepOpen: backlog.mayKeepOpen }));
    this.#end();
  }

  #end(): void {
    this.#open = undefined;
    this.#payloads.clear();
    this.#payloadBytes = 0;
  }
}
