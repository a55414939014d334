import fs from 'node:fs';
import path from 'node:path';
import type { Kind } from './kind.ts';
import { type Contents, checksumOf, intactLines } from './lines.ts';

/** Marks a segment that still grows; without it, the file's path below its process's folder is the key of its object. */
export const OPEN_SUFFIX = '.open';

/** A finished batch on disk: the bytes of one object. `records` falls when another program destroys some of them. */
export interface SealedSegment extends Contents {
  kind: Kind;
  key: string;
  /** When its first record came, or when it was recovered, on the clock of the spool. */
  openedMs: number;
  file: string;
  /** The open file, if it is kept open: it has its bytes even when its name is removed. */
  fd: number | undefined;
}

/** The errors of a file that is gone: another program removed it, or put something else in its place. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);
/** Another program may have put a pipe in the place of the file. Reading it must not wait for a writer. */
const READ = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;

/** The bytes of a segment: fewer where another program has cut it, none where it is gone. @throws when it cannot be read */
export async function readSealed({ file, fd, bytes: length }: SealedSegment): Promise<Buffer> {
  if (fd !== undefined) return readBytes(fd, length);
  try {
    await using handle = await fs.promises.open(file, READ);
    const bytes = Buffer.alloc(length);
    let at = 0;
    for (let read = -1; at < length && read !== 0; at += read) {
      read = (await handle.read(bytes, at, length - at, at)).bytesRead;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return Buffer.alloc(0);
    throw error;
  }
}

/** Another key for a segment, in the same hour. */
export function renewedKey(key: string, id: string): string {
  return key.replace(/(-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})?\.jsonl$/, `-${id}.jsonl`);
}

/**
 * The segment that records are appended to. It is the batch, the write-ahead log and the later object at once, so its key is fixed
 * when it is opened, and a crash at any point leaves a file from which the same object can be made.
 */
export class OpenSegment implements Contents {
  readonly kind: Kind;
  readonly key: string;
  /** The UTC hour of its records, `yyyy/MM/dd/HH`. */
  readonly hour: string;
  /** When it was opened, which is when its first record came, on the clock of the spool. */
  readonly openedMs: number;
  bytes = 0;
  #checksums: number[] = [];
  readonly #sealedFile: string;
  readonly #file: string;
  #fd: number;
  #identity: Pick<fs.Stats, 'dev' | 'ino'>;

  /** @throws when the folder cannot be made or the file exists */
  constructor(folder: string, kind: Kind, key: string, hour: string, nowMs: number) {
    this.kind = kind;
    this.key = key;
    this.hour = hour;
    this.openedMs = nowMs;
    this.#sealedFile = path.join(folder, key);
    this.#file = this.#sealedFile + OPEN_SUFFIX;
    this.#fd = this.#create();
    this.#identity = fs.fstatSync(this.#fd);
  }

  /**
   * Appends one line. When it returns, the operating system has the bytes: they outlive a crash of this process and of the function.
   * There is no fsync: it would cost milliseconds for each record and protect from a loss of power only, which takes /tmp away anyway.
   *
   * @throws when the disk does not take the whole line. The part that it took is cut before the next line is written. No reader goes beyond
   * `bytes` or, after a crash, beyond the last line feed; a line has only the one at its end.
   */
  append(line: Buffer): void {
    const written = fs.writeSync(this.#fd, line, 0, line.length, this.bytes);
    if (written < line.length)
      throw new Error(`Expected to write ${line.length} bytes, wrote ${written}: is the disk full?`);
    this.bytes += line.length;
    this.#checksums.push(checksumOf(line));
  }

  get checksums(): readonly number[] {
    return this.#checksums;
  }

  get records(): number {
    return this.#checksums.length;
  }

  /**
   * Whether the file still has a name and all that was written to it. A file that is longer, by a line that the disk took in part or by
   * another program, is cut.
   *
   * @throws when the disk refuses
   */
  isIntact(): boolean {
    const { nlink, size } = fs.fstatSync(this.#fd);
    if (nlink === 0 || size < this.bytes) return false;
    if (size > this.bytes) fs.ftruncateSync(this.#fd, this.bytes);
    return true;
  }

  /** Whether the path still leads to this file. A file that was moved elsewhere has a name too, but no process looks for it there. */
  hasItsName(): boolean {
    const named = fs.statSync(this.#file, { throwIfNoEntry: false });
    return named?.ino === this.#identity.ino && named.dev === this.#identity.dev;
  }

  /**
   * Gives the file its name and its records again, as far as they can still be read: a file that lost its name has its bytes as long as it
   * is open.
   *
   * @returns how many are lost, and whether the others are in a file that has its name
   */
  rescue(): { lost: number; written: boolean } {
    const before = this.records;
    let lines: Buffer;
    try {
      const intact = intactLines(readBytes(this.#fd, this.bytes), this);
      lines = intact.lines;
      this.#checksums = [...intact.checksums];
    } catch {
      this.giveUp();
      return { lost: before, written: false };
    }
    const lost = before - this.records;
    try {
      if (this.records > 0) this.#rewrite(lines);
    } catch {
      return { lost, written: false };
    }
    this.bytes = lines.length;
    return { lost, written: true };
  }

  /** Gives up its records. */
  giveUp(): void {
    this.#checksums = [];
  }

  /** Ends the segment: it takes no more records. Where the disk refuses to rename the file, the file keeps its name, which recovery knows too. */
  seal({ keepOpen }: { keepOpen: boolean }): SealedSegment {
    const { kind, key, openedMs, records, bytes, checksums } = this;
    let file = this.#sealedFile;
    try {
      fs.renameSync(this.#file, file);
    } catch {
      file = this.#file;
    }
    if (!keepOpen) closeQuietly(this.#fd);
    return { kind, key, openedMs, file, fd: keepOpen ? this.#fd : undefined, records, bytes, checksums };
  }

  /** Ends and removes a segment that has no record. */
  discard(): void {
    closeQuietly(this.#fd);
    try {
      fs.rmSync(this.#file, { force: true });
    } catch {
      // It holds nothing, and recovery removes it.
    }
  }

  #create(): number {
    fs.mkdirSync(path.dirname(this.#file), { recursive: true });
    return fs.openSync(this.#file, 'wx+');
  }

  #rewrite(lines: Buffer): void {
    // In place where it has its name: a crash in the middle must not take what is still there.
    if (this.hasItsName()) {
      write(this.#fd, lines);
      return;
    }
    fs.rmSync(this.#file, { force: true });
    const fd = this.#create();
    try {
      write(fd, lines);
    } catch (error) {
      closeQuietly(fd);
      throw error;
    }
    closeQuietly(this.#fd);
    this.#fd = fd;
    this.#identity = fs.fstatSync(fd);
  }
}

/** Makes these the whole content of a file. @throws when the disk does not take them */
function write(fd: number, lines: Buffer): void {
  const written = fs.writeSync(fd, lines, 0, lines.length, 0);
  if (written < lines.length) throw new Error(`Expected to write ${lines.length} bytes, wrote ${written}`);
  fs.ftruncateSync(fd, lines.length);
}

/** The first bytes of an open file, or fewer where it is shorter. */
function readBytes(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for (let read = -1; at < length && read !== 0; at += read) read = fs.readSync(fd, bytes, at, length - at, at);
  return bytes.subarray(0, at);
}

/** Closes a file that is not needed any more. */
export function closeQuietly(fd: number): void {
  try {
    fs.closeSync(fd);
  } catch {
    // Nothing depends on it.
  }
}
