import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../start-error.ts';
import type { FunctionTemplate } from '../template/template.ts';
import type { Program } from './processes/process-group.ts';

/** The programs of a function, as absolute paths. */
export interface Programs {
  taskRoot: string;
  /** External extensions: the file by its name. */
  extensions: Record<string, string>;
}

const RUNTIME = fileURLToPath(new URL('../runtime/index.ts', import.meta.url));

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
  { handler, local }: Pick<FunctionTemplate, 'handler' | 'local'>,
  folder: string,
): Programs {
  const { codeUri, extensionsUri, buildCommand } = local;
  const advice =
    buildCommand === undefined
      ? 'Build it, or let Metadata.Emulator in the template say where it is.'
      : `Run \`${buildCommand}\` first.`;
  const taskRoot = path.resolve(folder, codeUri);
  const module = handler.slice(0, handler.lastIndexOf('.'));
  if (!['.mjs', '.js', '.cjs'].some((end) => exists(path.join(taskRoot, module + end)))) {
    throw new StartError(`The function is not there: expected ${path.join(taskRoot, `${module}.mjs`)}. ${advice}`);
  }
  if (extensionsUri === '') return { taskRoot, extensions: {} };
  return { taskRoot, extensions: findExtensions(path.resolve(folder, extensionsUri), advice) };
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
 * The program that starts the runtime, which serves the function's handler. Where `AWS_LAMBDA_EXEC_WRAPPER` names a script, the program is
 * that script, with the runtime's command as its arguments.
 */
export function runtimeProgram(taskRoot: string, variables: Readonly<Record<string, string>>): Program {
  const runtime = [process.execPath, RUNTIME];
  const wrapped = ['/bin/sh', '-c', WITH_WRAPPER, 'bootstrap', ...runtime];
  const [command = '', ...args] = variables['AWS_LAMBDA_EXEC_WRAPPER'] ? wrapped : runtime;
  return { command, args, folder: taskRoot, variables };
}
