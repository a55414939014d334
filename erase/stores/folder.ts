import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ObjectRef, Store, StoredContent } from './store.ts';

/** A folder of objects as files, such as the emulator's S3 or a `file:///` destination. Links are not followed. */
export function folderStore(folder: string, name: string): Store {
  async function* filesIn(inside: string): AsyncGenerator<ObjectRef> {
    const entries = await fs.readdir(path.join(folder, inside), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) yield* filesIn(key);
      if (!entry.isFile() || !entry.name.endsWith('.jsonl')) continue;
      const { size, mtimeMs } = await fs.stat(path.join(folder, key));
      yield { key, bytes: size, modifiedMs: mtimeMs };
    }
  }

  async function read({ key }: ObjectRef): Promise<StoredContent | undefined> {
    try {
      const body = await fs.readFile(path.join(folder, key));
      return { body, etag: createHash('sha256').update(body).digest('hex'), properties: undefined };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    name,
    list: () => filesIn(''),
    read,
    async replace(object, before, body) {
      const file = path.join(folder, object.key);
      const aside = `${file}.${randomUUID()}.erasing`;
      try {
        const { mode } = await fs.stat(file);
        await fs.writeFile(aside, body, { mode, flush: true });
        if ((await read(object))?.etag !== before.etag) return 'changed';
        await fs.rename(aside, file);
        return 'replaced';
      } finally {
        await fs.rm(aside, { force: true });
      }
    },
    keepsOldVersions: async () => false,
    async removeVersion() {},
  };
}
