import { accessSync, constants, mkdirSync } from 'node:fs';
import { StartError } from './start-error.ts';

/** Servers, pipes and processes need about 40, and every request some more. */
const MIN_OPEN_FILES = 128;
const LOCAL = ['localhost', '127.0.0.1'];

/**
 * Refuses to start where too few files may be open: the lack could show in any place at any time.
 *
 * @param limit how many files this process may have open
 * @throws {StartError}
 */
export function requireOpenFiles(limit: number): void {
  if (limit >= MIN_OPEN_FILES) return;
  throw new StartError(
    `Expected to be allowed at least ${MIN_OPEN_FILES} open files, got ${limit}. Raise the limit with \`ulimit -n 1024\`.`,
  );
}

/** How many files this process may have open; Infinity where no limit is known. */
export function openFilesLimit(): number {
  Object.assign(process.report, { excludeNetwork: true }); // otherwise the report would look up names of addresses
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const limit = Number(userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
}

/**
 * Makes a folder that can be written to.
 *
 * @throws {Error} of the system
 */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** An error of the file system becomes a StartError of one line, because the user can put it right. Any other error stays as it is. */
export function asStartError(error: unknown, local: string): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return error;
  return new StartError(
    `Cannot keep files in the folder of --local, ${local}: ${message}. Choose another with --local FOLDER.`,
  );
}

/**
 * A remark for a user who has a proxy: the emulator does not use it, but programs that call the emulator would call the proxy instead.
 *
 * @param env the environment variables of the emulator
 * @returns undefined where no program would
 */
export function proxyRemark(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].find((one) => env[one]);
  const exempt = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/);
  if (name === undefined || exempt.includes('*') || LOCAL.every((host) => exempt.includes(host))) return undefined;
  return `${name} is set: curl and the AWS CLI would ask that proxy for this machine, too. Set no_proxy=${LOCAL.join()} for them.`;
}
