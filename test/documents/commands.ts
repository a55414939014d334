import { execFile, spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EmulatorProcess } from '../emulator-process.ts';

/** A fenced block of a document. */
export interface Block {
  document: string;
  /** The number of its fence's line, from 1. */
  line: number;
  /** The words behind the fence; see {@link RUN_BY}. */
  kind: string;
  text: string;
}

/**
 * Who runs the commands of a block, by the words behind its fence. `sh by hand` is for commands that need what no test has: the hub, an
 * AWS account, hours.
 */
export const RUN_BY = {
  sh: 'make test',
  'sh aws': 'make oracles',
  sql: 'make oracles',
  'sh by hand': 'nobody',
} as const;

const SKIPPED = ['node_modules', 'dist', 'local', '.aws-sam', '.venv', '.venv-clients'];

/** Every document of the project. */
export function documents(): string[] {
  return globSync('**/*.md', { exclude: (name) => SKIPPED.includes(path.basename(String(name))) }).sort();
}

export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [at, line] of readFileSync(document, 'utf8').split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) {
      if (open !== undefined) open.text += `${line}\n`;
    } else if (open === undefined) {
      open = { document, line: at + 1, kind: fence[1]!.trim(), text: '' };
    } else {
      blocks.push(open);
      open = undefined;
    }
  }
  return blocks;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const COMMAND_MS = 60_000;

/**
 * Runs a block as it is, except that it gets the ports of the test's emulator.
 *
 * @param cwd the folder whose `local/` is the emulator's
 */
export function runBlock(
  { text }: Block,
  { urls }: EmulatorProcess,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  return runShell(withAddresses(text, urls), cwd, env);
}

function withAddresses(text: string, urls: EmulatorProcess['urls']): string {
  const ports: Record<string, string> = { 3000: urls.rest, 3001: urls.invoke, 9000: urls.s3, 2772: urls.extension };
  return text.replace(/\b(localhost|127\.0\.0\.1):(\d{4})\b/g, (address, host, port) =>
    ports[port] === undefined ? address : `${host}:${new URL(ports[port]).port}`,
  );
}

function runShell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-ec', script], { cwd, env, timeout: COMMAND_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs a command that goes on until somebody ends it, and ends it when its output matches. @returns the output */
export function runUntilPrinted({ text }: Block, expected: RegExp): Promise<string> {
  const child = spawn('/bin/sh', ['-ec', text], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGTERM'), COMMAND_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (expected.test(output)) process.kill(-child.pid!, 'SIGTERM');
    });
  }
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer);
      resolve(output);
    });
  });
}
