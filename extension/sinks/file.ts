import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sink } from './sink.ts';

/** A sink that writes each object as a file below a folder, whole or not at all. */
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
      } finally {
        await rm(partial, { force: true });
      }
    },
  };
}
