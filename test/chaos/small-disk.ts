import { execFileSync } from 'node:child_process';

const mounted = new Set<string>();
process.on('exit', () => {
  for (const folder of mounted) unmount(folder);
});

/**
 * Mounts a disk of `bytes` bytes on a folder.
 *
 * @returns false where this process may not mount, or there is no tmpfs
 */
export function mountSmallDisk(folder: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  mounted.add(folder);
  return true;
}

export function unmount(folder: string): void {
  if (mounted.delete(folder)) execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}
