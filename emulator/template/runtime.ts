import * as v from 'valibot';
import type { LocalSettings } from './metadata.ts';
import type { Origin, Reading } from './reading.ts';

/** The properties of a function that say what serves it: `ImageConfig` those of an image, `Handler` and `Runtime` those of a zip. */
export const RuntimeProperties = v.object({
  ImageConfig: v.optional(v.object({ Command: v.tuple([v.pipe(v.string(), v.nonEmpty())]) })),
  Handler: v.optional(v.pipe(v.string(), v.nonEmpty())),
  Runtime: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

/** The emulator's own Node serves the functions of this `Runtime`. */
const NODE = `nodejs${process.versions.node.split('.')[0]}.x`;

/** Whether a function of this `Runtime` brings its own runtime: the file `bootstrap` in its folder. */
export function isCustom(runtime: string | undefined): boolean {
  return runtime?.startsWith('provided') ?? false;
}

/** @throws {StartError} where nothing on this machine serves such a function */
export function readRuntime(
  { ImageConfig, Handler, Runtime }: v.InferOutput<typeof RuntimeProperties>,
  { command }: Pick<LocalSettings, 'command'>,
  origin: Origin,
  reading: Reading,
): { handler: string; runtime: string | undefined } {
  const isZip = ImageConfig === undefined && Runtime !== undefined;
  const handler = isZip ? Handler : ImageConfig?.Command[0];
  const handlerPath = origin(isZip ? ['Handler'] : ['ImageConfig', 'Command', 0]);
  if (handler === undefined) throw reading.fault([handlerPath, 'is needed, but not there']);
  for (const [name, value] of Object.entries({ Handler, Runtime }))
    if (ImageConfig && value !== undefined) reading.warn(origin([name]), 'is ignored here: the function is an image');
  const runtime = isZip ? Runtime : command ? undefined : NODE;
  if (command || isCustom(runtime)) return { handler, runtime };

  const atRuntime = origin(['Runtime']);
  if (!runtime?.startsWith('nodejs')) {
    const why = `Expected Metadata.Emulator.Command to name the program that serves a function of ${runtime}: the emulator has only Node of its own`;
    throw reading.fault([atRuntime, why]);
  }
  if (runtime !== NODE) reading.warn(atRuntime, `is ignored here: the emulator runs the function as ${NODE}`);
  if (!/^.+\..+$/.test(handler)) throw reading.fault([handlerPath, 'Expected FILE.EXPORT']);
  return { handler, runtime: NODE };
}
