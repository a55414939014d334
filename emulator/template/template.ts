import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { StartError } from '../start-error.ts';
import { INTRINSIC_TAGS, resolveIntrinsics, type Scope } from './intrinsics.ts';

/** The bucket that every `AWS::S3::Bucket` without a name of its own is called here. In the cloud its name is generated. */
export const LOCAL_BUCKET = 'inference-capture';
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '123456789012';

/** One route of API Gateway. `path` as in the template: `/a/{id}`, `/a/{proxy+}`. */
export interface Route {
  method: string;
  path: string;
  /** Headers with which API Gateway answers by itself, without the function: to a browser that asks before it sends (CORS). */
  preflight?: Record<string, string>;
}

/** What the emulator takes from a template. */
export interface FunctionTemplate {
  functionName: string;
  /** As `_HANDLER`: `index.handler`. */
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  variables: Record<string, string>;
  routes: Route[];
  buckets: string[];
  /** Folders, relative to the template. */
  codeUri: string;
  extensionsUri: string;
}

const Path = v.pipe(v.string(), v.startsWith('/', 'Expected a path that starts with /'));
const ApiEvent = v.object({
  Type: v.literal('Api', 'Expected an event of Type Api, the only one that the emulator has'),
  Properties: v.object({ Path, Method: v.string() }),
});
const FunctionResource = v.object({
  Metadata: v.object({ Emulator: v.object({ CodeUri: v.string(), ExtensionsUri: v.optional(v.string(), '') }) }),
  Properties: v.object({
    FunctionName: v.optional(v.string()),
    ImageConfig: v.object({ Command: v.tuple([v.pipe(v.string(), v.regex(/^.+\..+$/, 'Expected FILE.EXPORT'))]) }),
    MemorySize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(128), v.maxValue(10_240)), 128),
    Timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(900)), 3),
    Environment: v.optional(
      v.object({ Variables: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])) }),
      { Variables: {} },
    ),
    Events: v.optional(v.record(v.string(), ApiEvent), {}),
  }),
});
const Document = v.object({
  Resources: v.record(v.string(), v.looseObject({ Type: v.string(), Properties: v.optional(v.looseObject({}), {}) })),
});

/**
 * Reads the template in a file.
 *
 * @throws {StartError} when the file cannot be read, and as `parseTemplate`
 */
export function readTemplate(file: string): FunctionTemplate {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`Cannot read the template: ${(error as Error).message}. Choose another with --template FILE.`);
  }
  return parseTemplate(text, file);
}

/**
 * Understands an AWS SAM template with one function.
 *
 * @param file its name, for the messages
 * @throws {StartError} naming the path in the file that is wrong
 */
export function parseTemplate(text: string, file: string): FunctionTemplate {
  const document = parseDocument(text, { customTags: INTRINSIC_TAGS, logLevel: 'silent' });
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken) throw new StartError(`${file} is no template that the emulator can read: ${broken.message}`);

  const { Resources } = check(Document, document.toJS(), file, []);
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function');
  const [found] = functions;
  if (found === undefined || functions.length > 1) {
    throw new StartError(`${file}: expected one resource of Type AWS::Serverless::Function, got ${functions.length}.`);
  }
  const [logicalId, resource] = found;
  const at = ['Resources', logicalId];
  const buckets = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::S3::Bucket');
  const scope = localScope(buckets.map(([id, { Properties }]) => [id, bucketName(Properties)]));

  const wanted = { Metadata: resource['Metadata'], Properties: onlyRead(resource.Properties) };
  const { Metadata, Properties } = check(FunctionResource, resolve(wanted, scope, file, at), file, at);
  return {
    functionName: Properties.FunctionName ?? logicalId,
    handler: Properties.ImageConfig.Command[0],
    memoryMb: Properties.MemorySize,
    timeoutMs: Properties.Timeout * 1000,
    variables: Object.fromEntries(Object.entries(Properties.Environment.Variables).map(([k, x]) => [k, String(x)])),
    routes: Object.values(Properties.Events).map(({ Properties: { Method, Path: path } }) => ({
      method: Method.toUpperCase(),
      path,
    })),
    buckets: [...new Set(buckets.map(([, { Properties: properties }]) => bucketName(properties)))],
    codeUri: Metadata.Emulator.CodeUri,
    extensionsUri: Metadata.Emulator.ExtensionsUri,
  };
}

// What is not read (policies above all) may use functions that have no local meaning.
function onlyRead(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(FunctionResource.entries.Properties.entries)
      .filter((key) => key in properties)
      .map((key) => [key, properties[key]]),
  );
}

function bucketName(properties: Record<string, unknown>): string {
  return typeof properties['BucketName'] === 'string' ? properties['BucketName'] : LOCAL_BUCKET;
}

function localScope(buckets: [id: string, name: string][]): Scope {
  return {
    refs: {
      'AWS::Region': REGION,
      'AWS::AccountId': ACCOUNT_ID,
      'AWS::Partition': 'aws',
      'AWS::StackName': 'local',
      ...Object.fromEntries(buckets),
    },
    attributes: Object.fromEntries(buckets.map(([id, name]) => [`${id}.Arn`, `arn:aws:s3:::${name}`])),
  };
}

function resolve(value: unknown, scope: Scope, file: string, at: string[]): unknown {
  try {
    return resolveIntrinsics(value, scope);
  } catch (error) {
    throw new StartError(`${file}: ${at.join('.')}: ${(error as Error).message}.`);
  }
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, file: string, at: string[]): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const lines = result.issues.map((issue) => `  ${[...at, v.getDotPath(issue)].join('.')}: ${issue.message}`);
  throw new StartError(`${file} is no template that the emulator can run:\n${lines.join('\n')}`);
}
