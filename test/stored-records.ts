import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoredLine } from '../capture/stored-line.ts';

/** A record of an object. */
export interface StoredRecord extends StoredLine {
  /** The path of the object's file below the folder of S3. */
  object: string;
}

/** Every record in every object of an emulator's S3. @param local the emulator's folder */
export async function storedRecords(local: string): Promise<StoredRecord[]> {
  const folder = path.join(local, 's3');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const objects = files.filter((file) => file.endsWith('.jsonl')).sort();
  const records = await Promise.all(
    objects.map(async (object) => {
      const lines = (await readFile(path.join(folder, object), 'utf8')).trimEnd().split('\n');
      return lines.map((line) => ({ ...(JSON.parse(line) as StoredLine), object }));
    }),
  );
  return records.flat();
}
