import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { StartError } from '../start-error.ts';
import { readBuckets } from './buckets.ts';
import { API, BUCKET, FUNCTION, type Resource, resourcesOf, TemplateDocument } from './document.ts';
import { readRoutes } from './gateway.ts';
import { mergeGlobals } from './globals.ts';
import { reportIgnored, reportIgnoredResources } from './ignored.ts';
import type { Path, Scope } from './intrinsics.ts';
import { type LocalSettings, readLocalSettings } from './metadata.ts';
import { Reading } from './reading.ts';
import type { Route } from './routes.ts';
import { RuntimeProperties, readRuntime } from './runtime.ts';
import { readSource } from './source.ts';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '123456789012';

/** What the emulator takes from a template. */
export interface FunctionTemplate {
  functionName: string;
  /** As `_HANDLER`: `index.handler`. */
  handler: string;
  /** Of Lambda, as in `Runtime`: `python3.13`. Undefined for an image that has a program of its own. */
  runtime: string | undefined;
  memoryMb: number;
  timeoutMs: number;
  variables: Record<string, string>;
  routes: Route[];
  buckets: string[];
  local: LocalSettings;
}

export interface TemplateFile {
  template: FunctionTemplate;
  /** What the emulator does not do of what the file says: a line each, with the place in the file. */
  warnings: string[];
}

const FunctionProperties = v.object({
  FunctionName: v.optional(v.string()),
  ...RuntimeProperties.entries,
  MemorySize: v.optional(integer(128, 10_240), 128),
  Timeout: v.optional(integer(1, 900), 3),
  Environment: v.optional(
    v.object({ Variables: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}) }),
    {},
  ),
});

const CodeProperties = v.object({ CodeUri: v.string('Expected a folder of this machine') });

/**
 * Reads the template in a file.
 *
 * @throws {StartError} when the file cannot be read, and as `parseTemplate`
 */
export function readTemplate(file: string): TemplateFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`Cannot read the template: ${(error as Error).message}. Choose another with --template FILE.`);
  }
  return parseTemplate(text, file);
}

/**
 * Reads an AWS SAM template with one function.
 *
 * @param file its name, for the messages
 * @throws {StartError} naming the line, the column and the path in the file that is wrong
 */
export function parseTemplate(text: string, file: string): TemplateFile {
  const source = readSource(text, file);
  const reading = new Reading(source, file);
  const document = reading.check(TemplateDocument, source.value);
  reportIgnored(document, 'template', ['Globals', 'Resources'], [], reading.warn);
  reportIgnored(document.Globals, '', ['Function', 'Api'], ['Globals'], reading.warn);
  reportIgnoredResources(document.Resources, [FUNCTION, API, BUCKET], reading.warn);

  const functions = resourcesOf(document, FUNCTION);
  const [found] = functions;
  if (found === undefined || functions.length > 1) {
    throw new StartError(`${file}: expected one resource of Type ${FUNCTION}, got ${functions.length}.`);
  }
  const fixed = { ...PSEUDO_PARAMETERS, ...defaultsOf(document.Parameters) };
  const buckets = readBuckets(document, STACK_NAME, { refs: fixed, attributes: {} }, reading);
  const apis = resourcesOf(document, API).map(([id]) => [id, id]);
  const scope: Scope = {
    refs: { ...fixed, ...Object.fromEntries([...buckets, ...apis]) },
    attributes: Object.fromEntries(buckets.map(([id, name]) => [`${id}.Arn`, `arn:aws:s3:::${name}`])),
  };
  const template = {
    ...readFunction(found, document.Globals.Function, scope, reading),
    routes: readRoutes(found, document, scope, reading),
    buckets: [...new Set(buckets.map(([, name]) => name))],
  };
  return { template, warnings: reading.warnings };
}

function readFunction(
  [id, resource]: [string, Resource],
  globals: Record<string, unknown>,
  scope: Scope,
  reading: Reading,
): Omit<FunctionTemplate, 'routes' | 'buckets'> {
  const at: Path = ['Resources', id];
  const origin = (path: Path) =>
    reading.firstOf([
      [...at, 'Properties', ...path],
      ['Globals', 'Function', ...path],
    ]);
  const merged = mergeGlobals(globals, resource.Properties) as Record<string, unknown>;
  const codeUri = () =>
    merged['CodeUri'] === undefined ? undefined : reading.read(CodeProperties, merged, scope, origin).CodeUri;
  const local = readLocalSettings([id, resource], codeUri, scope, reading);
  // The folder of the extensions stands for the layers that bring them.
  const read = [...Object.keys(FunctionProperties.entries), ...(local.extensionsUri === '' ? [] : ['Layers'])];
  for (const key of Object.keys(merged)) {
    reportIgnored({ [key]: merged[key] }, FUNCTION, [...read, 'Events'], origin([key]).slice(0, -1), reading.warn);
  }
  reportIgnored(merged['ImageConfig'], '', ['Command'], origin(['ImageConfig']), reading.warn);
  reportIgnored(merged['Environment'], '', ['Variables'], origin(['Environment']), reading.warn);

  const advice = ([property, , name]: Path) => (property === 'Environment' ? `. Set it with --env ${name}=VALUE` : '');
  const properties = reading.read(FunctionProperties, merged, scope, origin, advice);
  const variables = Object.entries(properties.Environment.Variables);
  return {
    functionName: properties.FunctionName ?? id,
    ...readRuntime(properties, local, origin, reading),
    memoryMb: properties.MemorySize,
    timeoutMs: properties.Timeout * 1000,
    variables: Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
    local,
  };
}

/** A number may also come as text, because the value of a parameter is text. */
function integer(min: number, max: number) {
  const numberOf = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
  return v.pipe(v.unknown(), v.transform(numberOf), v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

const STACK_NAME = 'local';
const PSEUDO_PARAMETERS = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': STACK_NAME,
};

/** The defaults of the parameters. One whose value is in the Parameter Store has none here. */
function defaultsOf(parameters: TemplateDocument['Parameters']): Record<string, string> {
  const known = Object.entries(parameters).filter(
    ([, { Type = '', Default }]) => Default !== undefined && !Type.startsWith('AWS::SSM::'),
  );
  return Object.fromEntries(known.map(([name, { Default }]) => [name, String(Default)]));
}
