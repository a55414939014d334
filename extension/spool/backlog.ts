import fs from 'node:fs';
import { type Counts, type Kind, noCounts } from './kind.ts';
import { intactLines } from './lines.ts';
import { closeQuietly, readSealed, type SealedSegment } from './segment.ts';

/** What another program did to files of the spool. */
export interface Damage {
  /** Lines that are gone. */
  lost: Counts;
  /** Lines whose file was gone, and which have been written again. */
  rescued: number;
}

/** Most sealed segments whose files are kept open. An environment has 1,024 descriptors, and most of them are the function's. */
export const MAX_KEPT_OPEN = 64;

/** The sealed segments that wait for their delivery, the one that waits longest first, and what they hold. */
export class Backlog {
  readonly #onDamage: (damage: Damage) => void;
  #segments: SealedSegment[] = [];
  /** Segments that have been read: a delivery has them in memory and may succeed without the file. */
  readonly #read = new WeakSet<SealedSegment>();
  #keptOpen = 0;
  #counts = noCounts();
  #bytes = 0;

  /** @param onDamage called when another program has removed or changed files. The lost records are no longer counted by then */
  constructor(onDamage: (damage: Damage) => void) {
    this.#onDamage = onDamage;
  }

  get segments(): readonly SealedSegment[] {
    return this.#segments;
  }

  /** Lines of one kind. */
  count(kind: Kind): number {
    return this.#counts[kind];
  }

  /** Whether a segment waits that becomes the object of this key. */
  has(key: string): boolean {
    return this.#segments.some((segment) => segment.key === key);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the file of one more segment may be kept open. */
  get mayKeepOpen(): boolean {
    return this.#keptOpen < MAX_KEPT_OPEN;
  }

  add(segment: SealedSegment): void {
    this.#segments.push(segment);
    this.#counts[segment.kind] += segment.records;
    this.#bytes += segment.bytes;
    if (segment.fd !== undefined) this.#keptOpen += 1;
  }

  /** Forgets a segment, and removes its file. */
  remove(segment: SealedSegment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    this.#subtract(segment);
    try {
      fs.rmSync(segment.file, { force: true });
    } catch {
      // A successor delivers it again and learns that it is there already.
    }
  }

  /**
   * The bytes of a segment. Records in it that another program has removed or changed are counted as lost.
   *
   * @returns undefined where nothing is left of it; the segment is then forgotten
   * @throws when the file is there and cannot be read; the segment then stays
   */
  async read(segment: SealedSegment): Promise<Buffer | undefined> {
    this.#read.add(segment);
    const { lines, checksums } = intactLines(await readSealed(segment), segment);
    const records = checksums.length;
    const lost = segment.records - records;
    if (lost > 0) {
      Object.assign(segment, { records, checksums });
      this.#counts[segment.kind] -= lost;
      if (records === 0) this.remove(segment);
      const all = this.forgetGone();
      all[segment.kind] += lost;
      this.#onDamage({ lost: all, rescued: 0 });
    } else if (!fs.existsSync(segment.file)) this.#onDamage({ lost: noCounts(), rescued: records });
    return records === 0 ? undefined : lines;
  }

  /** Looks at the oldest segment, and forgets all that are gone where it is. */
  forgetIfGone(): void {
    const [oldest] = this.#segments;
    if (oldest === undefined || !isGone(oldest)) return;
    const lost = this.forgetGone();
    if (Object.values(lost).some((lines) => lines > 0)) this.#onDamage({ lost, rescued: 0 });
  }

  /** Forgets the segments whose files are gone. Where one is, all may be. @returns the lines that they held */
  forgetGone(): Counts {
    const lost = noCounts();
    const left: SealedSegment[] = [];
    for (const segment of this.#segments) {
      if (this.#read.has(segment) || !isGone(segment)) left.push(segment);
      else {
        lost[segment.kind] += segment.records;
        this.#subtract(segment);
      }
    }
    this.#segments = left;
    return lost;
  }

  /** Takes a segment out of the counts, and gives its descriptor back. */
  #subtract(segment: SealedSegment): void {
    this.#counts[segment.kind] -= segment.records;
    this.#bytes -= segment.bytes;
    if (segment.fd === undefined) return;
    closeQuietly(segment.fd);
    this.#keptOpen -= 1;
  }
}

function isGone({ fd, file }: SealedSegment): boolean {
  return fd === undefined && !fs.existsSync(file);
}
