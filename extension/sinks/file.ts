import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KEY_TAKEN } from './failure.ts';
import type { Sink } from './sink.ts';

/**
 * A sink that writes each object as a file below a folder, whole or not at all. A file that is there already is the object only if it holds
 * the same bytes.
 */
export function fileSink(folder: string): Sink {
  return {
    name: `file://${folder}`,
    async put(key, body, signal) {
      const file = path.join(folder, key);
      const partial = `${file}.${randomUUID()}.partial`;
      await mkdir(path.dirname(file), { recursive: true });
      try {
        await writeFile(partial, body, { signal });
        await link(partial, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (!(await holds(file, body))) {
          throw Object.assign(new Error(`Expected the same object in ${file}, got another`), { code: KEY_TAKEN });
        }
      } finally {
        await rm(partial, { force: true });
      }
    },
  };
}

/** Whether a file is exactly this object. It is looked at only if its length is right. */
async function holds(file: string, body: Buffer): Promise<boolean> {
  const found = await lstat(file);
  return found.isFile() && found.size === body.length && body.equals(await readFile(file));
}
