import * as v from 'valibot';
import type { Resource } from './document.ts';
import { reportIgnored } from './ignored.ts';
import type { Path, Scope } from './intrinsics.ts';
import type { Reading } from './reading.ts';

/** What `Metadata.Emulator` of a function says: how the function runs on this machine. */
export interface LocalSettings {
  /** The folders of the function and of its extensions, relative to the template; `''` where there are no extensions. */
  codeUri: string;
  extensionsUri: string;
  /**
   * The program that serves the function, with its arguments, as the ENTRYPOINT and CMD of an image. A path is relative to the template; a name
   * without a slash is looked up in the function's PATH. Undefined: the program that belongs to the function's `Runtime`.
   */
  command: readonly [program: string, ...args: string[]] | undefined;
  /** The command that makes those folders. */
  buildCommand: string | undefined;
  /** A request to try, of the template's first route: without `path` the path of that route, without `body` no body. */
  sample: Sample;
  ports: readonly NamedPort[];
  /** Laid over the template's variables; a value may hold `TMP`. */
  variables: Readonly<Record<string, string>>;
}

export interface Sample {
  path?: string | undefined;
  body?: string | undefined;
  /** The file that has the body, relative to the template. */
  bodyFile?: string | undefined;
}

/** A port on which a program in the environment listens. Environments share one machine here, so each has a port of its own. */
export interface NamedPort {
  name: string;
  /** The variable that tells the port to function and extensions. */
  variable: string;
  /** The port of the first environment, where it is free; 0 is any free one. */
  preferred: number;
}

/** Stands for the environment's own /tmp in the value of a variable. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the template's notation
export const TMP = '${Tmp}';

const VariableName = v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, 'Expected the name of a variable'));
const Port = v.object({
  Variable: VariableName,
  Preferred: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535, 'Expected a port from 0 to 65535')),
    0,
  ),
});
const PortName = v.pipe(v.string(), v.regex(/^[A-Za-z][\w-]*$/, 'Expected a name of letters, digits, _ and -'));
const Value = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'Expected text, a number, true or false'),
  v.transform(String),
  v.check((value) => !value.replaceAll(TMP, '').includes('${'), `Expected no placeholder in the value but ${TMP}`),
);
const SampleRequest = v.object({
  Path: v.optional(v.pipe(v.string(), v.startsWith('/', 'Expected a path that starts with /'))),
  Body: v.optional(v.string()),
  BodyFile: v.optional(v.string()),
});
const Command = v.tupleWithRest(
  [v.pipe(v.string(), v.nonEmpty('Expected a program, got an empty text'))],
  v.string(),
  'Expected a list: a program and its arguments',
);
const Emulator = v.object({
  CodeUri: v.optional(v.string()),
  Command: v.optional(Command),
  ExtensionsUri: v.optional(v.string(), ''),
  BuildCommand: v.optional(v.string()),
  Sample: v.optional(
    v.pipe(
      SampleRequest,
      v.check(
        ({ Body, BodyFile }) => Body === undefined || BodyFile === undefined,
        'Expected Body or BodyFile, got both',
      ),
    ),
    {},
  ),
  Ports: v.optional(v.record(PortName, Port), {}),
  Variables: v.optional(v.record(VariableName, Value), {}),
});
const FunctionMetadata = v.object({ Metadata: v.optional(v.object({ Emulator: v.optional(Emulator, {}) }), {}) });

/**
 * @param codeUri reads the function's property `CodeUri`, which holds where the metadata name no folder
 * @throws {StartError} with the place of every value that the schema refuses
 */
export function readLocalSettings(
  [id, resource]: [string, Resource],
  codeUri: () => string | undefined,
  scope: Scope,
  reading: Reading,
): LocalSettings {
  const at: Path = ['Resources', id];
  const { Metadata } = reading.read(FunctionMetadata, resource, scope, (path) => [...at, ...path]);
  const settings = Metadata.Emulator ?? v.parse(Emulator, {});
  const { Emulator: written = {} } = (resource['Metadata'] ?? {}) as { Emulator?: Record<string, unknown> };
  const folder = settings.CodeUri ?? codeUri();
  if (folder === undefined)
    throw reading.fault([[...at, 'Metadata', 'Emulator', 'CodeUri'], 'is needed, but not there']);
  const report = (map: unknown, schema: { entries: object }, path: Path) =>
    reportIgnored(map, '', Object.keys(schema.entries), [...at, 'Metadata', 'Emulator', ...path], reading.warn);
  report(written, Emulator, []);
  report(written['Sample'], SampleRequest, ['Sample']);
  for (const [name, port] of Object.entries(written['Ports'] ?? {})) report(port, Port, ['Ports', name]);
  const { Path: path, Body: body, BodyFile: bodyFile } = settings.Sample;
  return {
    codeUri: folder,
    extensionsUri: settings.ExtensionsUri,
    command: settings.Command,
    buildCommand: settings.BuildCommand,
    sample: { path, body, bodyFile },
    ports: Object.entries(settings.Ports).map(([name, { Variable, Preferred }]) => ({
      name,
      variable: Variable,
      preferred: Preferred,
    })),
    variables: settings.Variables,
  };
}
