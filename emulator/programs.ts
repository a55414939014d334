import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './start-error.ts';
import type { FunctionTemplate } from './template/template.ts';

/** What there is to run, as absolute paths. */
export interface Programs {
  taskRoot: string;
  /** External extensions: the file by its name. */
  extensions: Record<string, string>;
}

const BUILD = 'Run `make build` first.';

/**
 * Finds what a template's function consists of.
 *
 * @param folder of the template
 * @throws {StartError} when something is not there, or is not executable
 */
export function findPrograms(template: FunctionTemplate, folder: string): Programs {
  const taskRoot = path.resolve(folder, template.codeUri);
  const module = template.handler.slice(0, template.handler.lastIndexOf('.'));
  if (!['.mjs', '.js', '.cjs'].some((end) => existsSync(path.join(taskRoot, module + end)))) {
    throw new StartError(`The function is not there: expected ${path.join(taskRoot, `${module}.mjs`)}. ${BUILD}`);
  }
  if (template.extensionsUri === '') return { taskRoot, extensions: {} };
  return { taskRoot, extensions: findExtensions(path.resolve(folder, template.extensionsUri)) };
}

function findExtensions(folder: string): Record<string, string> {
  if (!existsSync(folder))
    throw new StartError(`The extensions are not there: expected the folder ${folder}. ${BUILD}`);
  const files = readdirSync(folder).map((name): [string, string] => [name, path.join(folder, name)]);
  const programs = files.filter(([, file]) => statSync(file).isFile());
  for (const [name, file] of programs) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      throw new StartError(
        `The extension ${name} is not executable: ${file}. Every file in its folder is started. ${BUILD}`,
      );
    }
  }
  return Object.fromEntries(programs);
}
