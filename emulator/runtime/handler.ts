import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from './context.ts';

export type Handler = (event: unknown, context: Context) => unknown;

/** The handler cannot be loaded. `name` is Lambda's name for the reason; the message is complete without the stack. */
export class HandlerError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * Imports `FILE.EXPORT` from a folder, where FILE is an .mjs, .js or .cjs.
 *
 * @throws {HandlerError} named Runtime.ImportModuleError or Runtime.HandlerNotFound; and whatever the module itself throws
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [name, exported] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = ['.mjs', '.js', '.cjs'].map((end) => path.join(taskRoot, name + end)).find((one) => existsSync(one));
  if (!file) throw new HandlerError('Runtime.ImportModuleError', `Cannot find module '${name}' in ${taskRoot}`);
  const module = await importModule(file);
  const found = module[exported];
  if (typeof found === 'function') return found as Handler;
  throw new HandlerError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const { code, message, path: unread } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'; // the file, or a module that it imports
    if (!missing && unread !== file) throw error;
    throw new HandlerError('Runtime.ImportModuleError', message.split('\n')[0]!, { cause: error });
  }
}
