import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../progress.ts';
import type { Check } from './check.ts';
import { digestOfFile, download } from './download.ts';
import { FetchError } from './fetch-error.ts';
import { type Fetched, isIntact, readFetched, writeFetched } from './fetched.ts';
import type { Hub, Revision } from './hub.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';
import { chooseOnnxFile } from './onnx-file.ts';
import { type RetryOptions, retrying } from './retry.ts';

export interface Order {
  /** `owner/name`. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** The folder to put it into. */
  out: string;
  /** The ONNX file to take instead of the usual ones. */
  onnx?: string;
}

export interface Parts {
  hub: Hub;
  check: Check;
  progress: (what: string) => Progress;
  retry: RetryOptions;
  /** Told what is known, as soon as it is. */
  tell: (line: string) => void;
}

/** ONNX, being protobuf, has no larger file. The texts are held in memory when they are read. */
const MAX_ONNX_BYTES = 2 ** 31;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Fetches a model into a folder that the function can load. The folder appears when all of it is there, verified against the hub's
 * digests and tried out, or not at all.
 *
 * @throws FetchError
 */
export async function fetchModel(order: Order, parts: Parts): Promise<void> {
  const { repository, out } = order;
  const { hub, check, retry, tell } = parts;
  const revision = await retrying(() => hub.revision(repository, order.revision), retry);
  const { commit, license } = revision;
  tell(`${repository} at ${commit} (${order.revision}), licence: ${license ?? 'its card names none'}`);

  const there = await readFetched(out);
  await requireOurs(out, there);
  if (there !== undefined && (await isSame(there, order, revision, out))) {
    tell(`Nothing to do: ${out} has it, whole.`);
    tell(digestLine(there));
    return;
  }

  requireTexts(repository, revision.files);
  const staging = `${out}.${commit.slice(0, 12)}.partial`;
  const get = async (file: string, as: string, maxBytes: number) => {
    const progress = parts.progress(file);
    await download(hub, { repository, commit, file, target: path.join(staging, as), maxBytes }, progress, retry);
    progress.end();
  };
  for (const file of TEXT_FILES) await get(file, file, MAX_TEXT_BYTES);
  await verdict(() => check.texts(staging), staging, repository);

  const onnx = chooseOnnxFile(repository, revision.files, order.onnx);
  if (onnx !== ONNX_FILE) tell(`Taking ${onnx}, to lie where the function reads it: ${ONNX_FILE}`);
  await get(onnx, ONNX_FILE, MAX_ONNX_BYTES);
  const answer = await verdict(() => check.whole(staging), staging, repository);
  tell(`The function loads it, and answers its example with ${answer}.`);

  const files: Record<string, string> = {};
  for (const file of [...TEXT_FILES, ONNX_FILE]) files[file] = await digestOfFile(path.join(staging, file));
  const fetched = { repository, revision: order.revision, commit, onnx, license, files };
  await writeFetched(staging, fetched);
  await putInPlace(staging, out);
  tell(digestLine(fetched));
  tell(`The model is in ${out}`);
}

async function isSame(there: Fetched, { repository, onnx }: Order, { commit, files }: Revision, out: string) {
  if (there.repository !== repository || there.commit !== commit) return false;
  return there.onnx === chooseOnnxFile(repository, files, onnx) && (await isIntact(out, there));
}

function requireTexts(repository: string, files: readonly string[]): void {
  const missing = TEXT_FILES.filter((file) => !files.includes(file));
  if (missing.length === 0) return;
  const hint = missing.includes('tokenizer.json')
    ? ' A vocab.txt alone does not do: AutoTokenizer.from_pretrained(...).save_pretrained(FOLDER) writes tokenizer.json, and conversions of others (Xenova/, onnx-community/) have it.'
    : '';
  throw new FetchError(
    `Expected ${repository} to have ${TEXT_FILES.join(', ')}, got no ${missing.join(' and no ')}.${hint}`,
  );
}

/** Never writes over a folder that somebody else made. */
async function requireOurs(out: string, there: Fetched | undefined): Promise<void> {
  if (there !== undefined) return;
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new FetchError(`Expected OUT to name a folder, got ${out}: ${error.code}`);
  });
  if (entries.length === 0) return;
  throw new FetchError(
    `Expected ${out} to be a folder that was fetched, or none, got one with other files. Name another: OUT=FOLDER`,
  );
}

/** What the function refuses is of no use to the next run either. */
async function verdict<T>(check: () => Promise<T>, staging: string, repository: string): Promise<T> {
  try {
    return await check();
  } catch (error) {
    await rm(staging, { recursive: true });
    throw new FetchError(`The function cannot load ${repository}: ${(error as Error).message}`, { cause: error });
  }
}

async function putInPlace(staging: string, out: string): Promise<void> {
  const former = `${staging}.former`;
  await mkdir(path.dirname(out), { recursive: true });
  await rm(former, { recursive: true, force: true });
  await rename(out, former).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(staging, out);
  await rm(former, { recursive: true, force: true });
}

function digestLine({ files }: Fetched): string {
  return `SHA-256 of the ONNX file, the records' modelDigest: ${files[ONNX_FILE]}`;
}
