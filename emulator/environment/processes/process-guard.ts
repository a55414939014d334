import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

// Reads `+ GROUP` and `- GROUP`; when the emulator's end of the pipe closes, kills the groups that are left.
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
 * Notes that a process group lives (`+`) or has ended (`-`). Even when the emulator is killed with SIGKILL, which it cannot see coming,
 * the groups that live then are killed by a shell that waits for just that: frozen processes would hold their ports for ever.
 */
export function guard(sign: '+' | '-', group: number): void {
  pipe ??= startGuard();
  pipe?.write(`${sign} ${group}\n`);
}

/** @returns undefined where there is no file descriptor to spare for it: then the next process that starts tries again */
function startGuard(): Socket | undefined {
  // Its own group: Ctrl-C in the terminal is not for it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => {}); // a machine without /bin/sh: there, nobody stands guard
  shell.unref();
  const stdin = shell.stdin as Socket | undefined;
  stdin?.on('error', () => {});
  stdin?.unref();
  return stdin;
}
