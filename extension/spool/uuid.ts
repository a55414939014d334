import fs from 'node:fs';

const KERNEL = '/proc/sys/kernel/random/uuid';

/**
 * A new UUID, from the kernel. Two copies of a process that SnapStart made have the same supply of random numbers, and would give two objects
 * one key. And `node:crypto` would be a large part of what the extension loads. It is loaded where the kernel has no such file, as on macOS.
 */
export function kernelUuid(): string {
  try {
    return fs.readFileSync(KERNEL, 'utf8').trim();
  } catch {
    return process.getBuiltinModule('node:crypto').randomUUID();
  }
}
