import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { digestOfFile } from './download.ts';

const FILE = 'source.json';

const Fetched = v.object({
  repository: v.string(),
  revision: v.string(),
  commit: v.string(),
  /** The ONNX file that was taken, as the repository names it. */
  onnx: v.string(),
  license: v.optional(v.string()),
  /** SHA-256 of each file in the folder, by its path. */
  files: v.record(v.string(), v.string()),
});

/** Where a fetched model came from, as the `source.json` of its folder says. */
export type Fetched = v.InferOutput<typeof Fetched>;

/** @returns undefined where the folder has no valid `source.json` */
export async function readFetched(folder: string): Promise<Fetched | undefined> {
  const text = await readFile(path.join(folder, FILE), 'utf8').catch(() => 'null');
  try {
    return v.parse(Fetched, JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeFetched(folder: string, fetched: Fetched): Promise<void> {
  await writeFile(path.join(folder, FILE), `${JSON.stringify(fetched, null, 2)}\n`);
}

/** Whether every file is there and has the digest that it had when it was fetched. */
export async function isIntact(folder: string, { files }: Fetched): Promise<boolean> {
  for (const [file, digest] of Object.entries(files)) {
    const got = await digestOfFile(path.join(folder, file)).catch(() => undefined);
    if (got !== digest) return false;
  }
  return true;
}
