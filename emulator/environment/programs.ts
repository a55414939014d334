import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../start-error.ts';
import { isCustom } from '../template/runtime.ts';
import type { FunctionTemplate } from '../template/template.ts';
import type { Program } from './processes/process-group.ts';

/** The programs of a function, as absolute paths. */
export interface Programs {
  taskRoot: string;
  /** The runtime, with its arguments: the process that serves the function. */
  runtime: Runtime;
  /** External extensions: the file by its name. */
  extensions: Record<string, string>;
}

export interface Runtime {
  /** A program without a slash is looked up in the function's PATH. */
  command: readonly [program: string, ...args: string[]];
  /** Whether it belongs to the function: then Lambda starts it as it is, without `AWS_LAMBDA_EXEC_WRAPPER`. */
  custom: boolean;
}

const NODE_RUNTIME = fileURLToPath(new URL('../runtime/index.ts', import.meta.url));

/** Does what Lambda's own start script does with a wrapper, exit codes included. Its arguments are the command that starts the runtime. */
const WITH_WRAPPER = `
wrapper=$AWS_LAMBDA_EXEC_WRAPPER
[ -f "$wrapper" ] || { echo "$wrapper: does not exist (AWS_LAMBDA_EXEC_WRAPPER: a file of this machine)"; exit 127; }
[ -x "$wrapper" ] || { echo "$wrapper: is not an executable (AWS_LAMBDA_EXEC_WRAPPER)"; exit 126; }
exec "$wrapper" "$@"
`;

/**
 * Finds the programs of a template's function.
 *
 * @param folder the template's
 * @throws {StartError} where a program is not there, or its folder cannot be read
 */
export function findPrograms(
  template: Pick<FunctionTemplate, 'handler' | 'runtime' | 'local'>,
  folder: string,
): Programs {
  const { codeUri, extensionsUri, buildCommand } = template.local;
  const advice =
    buildCommand === undefined
      ? 'Build it, or let Metadata.Emulator in the template say where it is.'
      : `Run \`${buildCommand}\` first.`;
  const taskRoot = path.resolve(folder, codeUri);
  const runtime = findRuntime(template, folder, taskRoot, advice);
  if (extensionsUri === '') return { taskRoot, runtime, extensions: {} };
  return { taskRoot, runtime, extensions: findExtensions(path.resolve(folder, extensionsUri), advice) };
}

function findRuntime(
  { handler, runtime, local }: Pick<FunctionTemplate, 'handler' | 'runtime' | 'local'>,
  folder: string,
  taskRoot: string,
  advice: string,
): Runtime {
  if (local.command) {
    const [name, ...args] = local.command;
    const isPath = name.includes('/');
    const program = isPath ? path.resolve(folder, name) : name;
    if (isPath) requireFile([program], 'The program of Metadata.Emulator.Command', advice);
    requireFile([taskRoot], 'The function', advice);
    return { command: [program, ...args], custom: false };
  }
  if (isCustom(runtime)) {
    const bootstrap = path.join(taskRoot, 'bootstrap');
    requireFile([bootstrap], 'The function', advice);
    return { command: [bootstrap], custom: true };
  }
  const module = path.join(taskRoot, handler.slice(0, handler.lastIndexOf('.')));
  requireFile(
    ['.mjs', '.js', '.cjs'].map((end) => module + end),
    'The function',
    advice,
  );
  return { command: [process.execPath, NODE_RUNTIME], custom: false };
}

/** @throws {StartError} where none of the files is there */
function requireFile(files: readonly string[], what: string, advice: string): void {
  if (!files.some(exists)) throw new StartError(`${what} is not there: expected ${files[0]}. ${advice}`);
}

/** As on Lambda, every entry that is not a folder is an extension; one that cannot be started fails the init. */
function findExtensions(folder: string, advice: string): Record<string, string> {
  const files = entriesOf(folder, advice).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(files.map(({ name }) => [name, path.join(folder, name)]));
}

function exists(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new StartError(`The function cannot be read: ${message}. Let CodeUri in the template name its folder.`);
  }
}

function entriesOf(folder: string, advice: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new StartError(`The extensions are not there: expected the folder ${folder}. ${advice}`);
    }
    throw new StartError(`The extensions cannot be read: ${message}. Let ExtensionsUri in the template name a folder.`);
  }
}

/**
 * The program that serves the function's handler. Where `AWS_LAMBDA_EXEC_WRAPPER` names a script, the program is that script, with the
 * runtime's command as its arguments.
 */
export function runtimeProgram(
  { taskRoot, runtime }: Pick<Programs, 'taskRoot' | 'runtime'>,
  variables: Readonly<Record<string, string>>,
): Program {
  const isWrapped = !runtime.custom && variables['AWS_LAMBDA_EXEC_WRAPPER'];
  const wrapped = ['/bin/sh', '-c', WITH_WRAPPER, 'bootstrap', ...runtime.command];
  const [command = '', ...args] = isWrapped ? wrapped : runtime.command;
  return { command, args, folder: taskRoot, variables };
}
