import fs from 'node:fs';
import path from 'node:path';
import type { ExtensionConfig } from './config.ts';

/** Most symbolic links in a chain, as in Linux. */
const MAX_LINKS = 40;

/**
 * The same configuration, if neither the file destination nor the spool lies inside the other. Else the extension would take objects for segments
 * and remove them.
 *
 * @throws Error where one lies inside the other, also by links and mounts
 */
export function withFoldersApart(config: ExtensionConfig): ExtensionConfig {
  if (config.destination.kind === 's3') return config;
  const [folder, spool] = [config.destination.folder, config.spool.dir].map((name) => realPath(name)) as [
    string,
    string,
  ];
  if (isWithin(folder, spool) || isWithin(spool, folder)) {
    throw new Error(
      `CAPTURE_DESTINATION: expected a folder that is not in CAPTURE_SPOOL_DIR and does not contain it, got ${folder} and ${spool}`,
    );
  }
  return config;
}

/** Where a path leads once its missing part is made. @throws when links lead in a circle */
function realPath(name: string, links = 0): string {
  if (links > MAX_LINKS)
    throw new Error(`Expected a path that leads somewhere, got ${name}: its links lead in a circle`);
  const { dir, base } = path.parse(path.resolve(name));
  if (base === '') return dir;
  const file = path.join(realPath(dir, links), base);
  const target = linkAt(file);
  return target === undefined ? file : realPath(path.resolve(path.dirname(file), target), links + 1);
}

function linkAt(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined; // no link, or not there yet
  }
}

/** Whether a real path is another, or below it. A folder that is mounted in two places is one. */
function isWithin(inner: string, outer: string): boolean {
  const outerId = identityOf(outer);
  for (let folder = inner; ; folder = path.dirname(folder)) {
    if (folder === outer || (outerId !== undefined && identityOf(folder) === outerId)) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const { dev, ino } = fs.statSync(folder);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
