import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';

/** A file of a zip: its source, or its text. */
export interface ZipEntry {
  /** In the zip, with `/`. */
  name: string;
  source: { file: string } | { text: string };
  executable?: boolean;
}

/** Writes a zip. The same files give the same bytes, at any time and in any place, so that a layer whose code is the same has the same digest. */
export async function writeZip(entries: readonly ZipEntry[], file: string): Promise<void> {
  const zip = new yazl.ZipFile();
  const mtime = new Date(1985, 9, 26); // the day that npm writes; a zip keeps it as local time, without a zone
  for (const { name, source, executable } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const mode = executable ? 0o100755 : 0o100644;
    const options = { mode, mtime, forceDosTimestamp: true, compressionLevel: 9 };
    if ('file' in source) zip.addFile(source.file, name, options);
    else zip.addBuffer(Buffer.from(source.text), name, options);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
