import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';

/** A file of a zip, as a reader finds it. */
export interface Unzipped {
  name: string;
  /** Of Unix, such as 0o755. */
  mode: number;
}

/** Unzips a file into a folder, as Lambda does with a layer below /opt: the modes are kept. */
export async function unzip(file: string, folder: string): Promise<Unzipped[]> {
  const zip = await yauzl.openPromise(file);
  const entries: Unzipped[] = [];
  for await (const entry of zip.eachEntry()) {
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    entries.push({ name: entry.fileName, mode });
    const target = path.join(folder, entry.fileName);
    await mkdir(path.dirname(target), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode }));
  }
  return entries;
}
