import fs from 'node:fs';
import path from 'node:path';

/** Marks a segment that still grows; without it, the file's path below the spool's folder is the key of its object. */
export const OPEN_SUFFIX = '.open';

/** A finished batch on disk: the bytes of one object. */
export interface SealedSegment {
  key: string;
  file: string;
  records: number;
  bytes: number;
}

/**
 * The segment that records are appended to. It is the batch, the write-ahead log and the later object at once, so its key is fixed
 * here, at its birth, and a crash at any point leaves a file from which the same object can be made.
 */
export class OpenSegment {
  readonly key: string;
  /** The UTC hour of its records, `yyyy/MM/dd/HH`. */
  readonly hour: string;
  /** When it was opened, which is when its first record came; milliseconds since the epoch. */
  readonly openedMs: number;
  records = 0;
  bytes = 0;
  readonly #sealedFile: string;
  readonly #file: string;
  readonly #fd: number;

  /** @throws when the folder cannot be made or the file exists */
  constructor(spoolDir: string, key: string, hour: string, nowMs: number) {
    this.key = key;
    this.hour = hour;
    this.openedMs = nowMs;
    this.#sealedFile = path.join(spoolDir, key);
    this.#file = this.#sealedFile + OPEN_SUFFIX;
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    this.#fd = fs.openSync(this.#file, 'wx');
  }

  /**
   * Appends one line. When it returns, the bytes are the operating system's: they outlive a crash of this process and of the function.
   * There is no fsync: it would cost every record milliseconds, against a loss of power, and that takes /tmp along with it.
   *
   * @throws when the disk does not take the whole line. What it did take is no line: the next one is written over it, and nobody
   * reads beyond `bytes` or, after a crash, beyond the last line feed, of which a line has one, at its end.
   */
  append(line: Buffer): void {
    const written = fs.writeSync(this.#fd, line, 0, line.length, this.bytes);
    if (written < line.length)
      throw new Error(`Expected to write ${line.length} bytes, wrote ${written}: is the disk full?`);
    this.records += 1;
    this.bytes += line.length;
  }

  /**
   * Ends the segment. It takes no more records.
   *
   * @throws when the disk refuses; the segment is then still open
   */
  seal(): SealedSegment {
    fs.renameSync(this.#file, this.#sealedFile);
    fs.closeSync(this.#fd);
    return { key: this.key, file: this.#sealedFile, records: this.records, bytes: this.bytes };
  }

  /** Ends and removes a segment that never got its first record. */
  discard(): void {
    fs.closeSync(this.#fd);
    fs.rmSync(this.#file);
  }
}
