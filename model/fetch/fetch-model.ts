import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../../terminal/progress.ts';
import type { ModelCheck } from './check.ts';
import { digestOfFile, download } from './download.ts';
import { FetchError } from './fetch-error.ts';
import { type Fetched, isIntact, readFetched, writeFetched } from './fetched.ts';
import type { Hub, Revision } from './hub.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';
import { chooseOnnxFile } from './onnx-file.ts';
import { type RetryOptions, retrying } from './retry.ts';

export interface FetchRequest {
  /** `owner/name`. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** The folder that the model is put into. */
  out: string;
  /** The ONNX file to take instead of the usual ones. */
  onnx?: string;
}

export interface FetchParts {
  hub: Hub;
  check: ModelCheck;
  /** Called for each file that is downloaded. */
  progress: (file: string) => Progress;
  retry: RetryOptions;
  /** Called with each line for the user. */
  tell: (line: string) => void;
}

/** An ONNX file is one protobuf message, and those have at most 2 GiB. */
const MAX_ONNX_BYTES = 2 ** 31;
/** The function reads the other files into memory. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Fetches a model into a folder that the function can load. The folder appears only when every file is complete and has the digest that the
 * hub names, and when the function has answered a question with the model.
 *
 * @throws FetchError
 */
export async function fetchModel(request: FetchRequest, parts: FetchParts): Promise<void> {
  const { repository, out } = request;
  const { hub, check, retry, tell } = parts;
  const revision = await retrying(() => hub.revision(repository, request.revision), retry);
  const { commit, license } = revision;
  tell(`${repository} at ${commit} (${request.revision}), licence: ${license ?? 'its card names none'}`);

  const present = await readFetched(out);
  await refuseForeignFolder(out, present);
  if (present !== undefined && (await isSame(present, request, revision, out))) {
    tell(`Nothing to do: ${out} has this model already.`);
    tell(digestLine(present));
    return;
  }

  requireTextFiles(repository, revision.files);
  const staging = `${out}.${commit.slice(0, 12)}.partial`;
  const get = async (file: string, as: string, maxBytes: number) => {
    const progress = parts.progress(file);
    await download(hub, { repository, commit, file, target: path.join(staging, as), maxBytes }, progress, retry);
    progress.end();
  };
  for (const file of TEXT_FILES) await get(file, file, MAX_TEXT_BYTES);
  await checked(() => check.settings(staging), staging, repository);

  const onnx = chooseOnnxFile(repository, revision.files, request.onnx);
  if (onnx !== ONNX_FILE) tell(`Taking ${onnx}, and storing it as ${ONNX_FILE}, where the function reads it`);
  await get(onnx, ONNX_FILE, MAX_ONNX_BYTES);
  const answer = await checked(() => check.model(staging), staging, repository);
  tell(`The function loads the model, and answers its example with ${answer}.`);

  const files: Record<string, string> = {};
  for (const file of [...TEXT_FILES, ONNX_FILE]) files[file] = await digestOfFile(path.join(staging, file));
  const fetched = { repository, revision: request.revision, commit, onnx, license, files };
  await writeFetched(staging, fetched);
  await putInPlace(staging, out);
  tell(digestLine(fetched));
  tell(`The model is in ${out}`);
}

/** Whether the folder has what is asked for, and nobody has changed it since. */
async function isSame(present: Fetched, { repository, onnx }: FetchRequest, { commit, files }: Revision, out: string) {
  if (present.repository !== repository || present.commit !== commit) return false;
  return present.onnx === chooseOnnxFile(repository, files, onnx) && (await isIntact(out, present));
}

function requireTextFiles(repository: string, files: readonly string[]): void {
  const missing = TEXT_FILES.filter((file) => !files.includes(file));
  if (missing.length === 0) return;
  const hint = missing.includes('tokenizer.json')
    ? ' A vocab.txt alone is not enough: AutoTokenizer.from_pretrained(...).save_pretrained(FOLDER) writes tokenizer.json, and published conversions (Xenova/, onnx-community/) have it.'
    : '';
  throw new FetchError(
    `Expected ${repository} to have ${TEXT_FILES.join(', ')}, got no ${missing.join(' and no ')}.${hint}`,
  );
}

/** @throws FetchError where the folder holds anything but a fetched model: that must not be overwritten */
async function refuseForeignFolder(out: string, present: Fetched | undefined): Promise<void> {
  if (present !== undefined) return;
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new FetchError(`Expected OUT to name a folder, got ${out}: ${error.code}`);
  });
  if (entries.length === 0) return;
  throw new FetchError(
    `Expected ${out} to be absent, empty or a model that was fetched, got a folder with other files. Name another: OUT=FOLDER`,
  );
}

/** Runs a check. Where it fails, the download is removed: it would fail in the next run too. */
async function checked<T>(check: () => Promise<T>, staging: string, repository: string): Promise<T> {
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
