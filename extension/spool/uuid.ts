import fs from 'node:fs';

const KERNEL = '/proc/sys/kernel/random/uuid';

/**
 * A new UUID, from the kernel. A process that was copied with SnapStart has copied its own supply of random numbers along, and two copies
 * would give two objects one key; and `node:crypto` is a good part of what the extension would load. Where there is no such file, as on
 * macOS, it is loaded all the same.
 */
export function kernelUuid(): string {
  try {
    return fs.readFileSync(KERNEL, 'utf8').trim();
  } catch {
    return process.getBuiltinModule('node:crypto').randomUUID();
  }
}
