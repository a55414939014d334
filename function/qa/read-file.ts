import { closeSync, fstatSync, openSync, readv } from 'node:fs';
import path from 'node:path';
import { ModelFolderError } from './supported-models.ts';

/*
 * Large files of a model, read by another thread and at once: `readFile` comes back to this one for each half megabyte.
 */

/**
 * A file in memory of its own.
 *
 * @throws ModelFolderError
 */
export async function readWhole(folder: string, part: string): Promise<Buffer<ArrayBuffer>> {
  let bytes: Buffer<ArrayBuffer>;
  await reading(folder, part, (size) => {
    bytes = Buffer.allocUnsafeSlow(size);
    return [bytes];
  });
  return bytes!;
}

/**
 * Reads the beginning of a file into pieces of memory, one after the other.
 *
 * @throws ModelFolderError also when the file is shorter than they are
 */
export async function readInto(folder: string, part: string, pieces: readonly Buffer[]): Promise<void> {
  await reading(folder, part, () => pieces);
}

async function reading(folder: string, part: string, pieces: (size: number) => readonly Buffer[]): Promise<void> {
  try {
    const file = openSync(path.join(folder, part), 'r');
    try {
      const { size } = fstatSync(file);
      let left = behind(pieces(size), 0);
      // At most 1,024 pieces, or 2 GB, are read at once.
      for (let at = 0; left.length > 0; ) {
        const bytes = await readSome(file, left, at);
        at += bytes;
        left = behind(left, bytes);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(folder, part, error);
  }
}

function readSome(file: number, pieces: readonly Buffer[], at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    readv(file, pieces, at, (error, bytesRead) => {
      if (error) reject(error);
      else if (bytesRead === 0) reject(new Error(`a file that ends after ${at} bytes`));
      else resolve(bytesRead);
    });
  });
}

/** What is left of the pieces behind their first bytes; no piece is empty. */
function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let start = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(start);
    start = Math.max(0, start - piece.length);
    return rest.length > 0 ? [rest] : [];
  });
}

/** @param cause why a file of a model's folder cannot be read */
export function unreadable(folder: string, part: string, cause: unknown): ModelFolderError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new ModelFolderError(
    `Expected a readable file ${part} in the model folder ${folder}, got ${code ?? message}. ` +
      'Let MODEL_DIR name a folder in the Hugging Face layout with an ONNX file.',
    { cause },
  );
}
