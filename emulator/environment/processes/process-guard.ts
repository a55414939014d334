import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

// Reads lines `+ GROUP` and `- GROUP`. When the emulator's end of the pipe closes, kills the groups that are left.
const SCRIPT = `
while read -r sign group; do
  rest=
  for one in $groups; do [ "$one" = "$group" ] || rest="$rest $one"; done
  groups=$rest
  [ "$sign" = - ] || groups="$groups $group"
done
for one in $groups; do kill -KILL "-$one"; done
`;

let pipe: Socket | undefined;

/**
 * Notes that a process group lives (`+`) or has ended (`-`). The emulator itself cannot react to SIGKILL, so a shell waits for its end, and
 * then kills the groups that still live. Without the shell, frozen processes would hold their ports for ever.
 */
export function guard(sign: '+' | '-', group: number): void {
  pipe ??= startGuard();
  pipe?.write(`${sign} ${group}\n`);
}

/** @returns undefined where no file descriptor is left for it; the next process that starts tries again */
function startGuard(): Socket | undefined {
  // In a group of its own, so that Ctrl-C in the terminal does not end it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => {}); // a machine without /bin/sh has no such guard
  shell.unref();
  const stdin = shell.stdin as Socket | undefined;
  stdin?.on('error', () => {});
  stdin?.unref();
  return stdin;
}
