import { parseArgs } from 'node:util';

export const HELP = `Rewrites the objects that hold records of one person without these records, byte for byte otherwise. docs/erasure.md explains it.

  make erase SUBJECT=value KEY_VARIABLE=NAME SOURCE="s3://bucket/prefix ..." [ARGS="flags"]
  node erase/index.ts --source s3://bucket/prefix [--source ...] [flags]

  --source WHERE           s3://bucket, s3://bucket/prefix or file:///folder; records, labels and payloads: name all places
  --key-variable NAME      the environment variable that has the policy's key; several, if the key was changed
  --subject-hash HEX       the hash as records have it (inferenceCapture.subject), instead of SUBJECT and a key
  --dry-run                say what would go, and change nothing
  --old-versions           also erase from what a versioned bucket keeps of replaced objects
  --report FILE            write the report as JSON
  --help                   this text

SUBJECT, an environment variable, is the value as the policy's subjectKey finds it, such as an e-mail address; "-" reads it from stdin.
AWS_ENDPOINT_URL_S3 names another S3. Progress goes to stderr, the report to stdout.
The exit status is 0 where nothing of the subject is left, 1 where something is left or could not be read, 2 for a wrong argument.
It may be broken off and run again.`;

export type Source =
  | { kind: 's3'; bucket: string; prefix: string; name: string }
  | { kind: 'folder'; url: URL; name: string };

export interface CommandLine {
  help: boolean;
  sources: Source[];
  keyVariables: string[];
  hashes: string[];
  dryRun: boolean;
  oldVersions: boolean;
  report?: string | undefined;
}

/** @throws Error naming the argument, what was expected and what came */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      source: { type: 'string', multiple: true, default: [] },
      'key-variable': { type: 'string', multiple: true, default: [] },
      'subject-hash': { type: 'string', multiple: true, default: [] },
      'dry-run': { type: 'boolean', default: false },
      'old-versions': { type: 'boolean', default: false },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const hashes = values['subject-hash'];
  const keyVariables = values['key-variable'];
  const wrong = hashes.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
  const sources = values.source.map(sourceOf);
  if (wrong !== undefined) throw new Error(`--subject-hash: expected 64 hexadecimal digits, got "${wrong}"`);
  if (!values.help) {
    if (values.source.length === 0)
      throw new Error('--source: expected s3://bucket/prefix or file:///folder, got nothing');
    if (hashes.length > 0 === keyVariables.length > 0)
      throw new Error(`expected --key-variable, or --subject-hash, got ${hashes.length > 0 ? 'both' : 'neither'}`);
  }
  return {
    help: values.help,
    sources,
    keyVariables,
    hashes,
    dryRun: values['dry-run'],
    oldVersions: values['old-versions'],
    report: values.report,
  };
}

function sourceOf(name: string): Source {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(name) ?? [];
  // With its slash: "records" must not take "records-of-others" with it.
  if (bucket !== undefined)
    return { kind: 's3', bucket, prefix: prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`, name };
  if (name.startsWith('file:///')) return { kind: 'folder', url: new URL(name), name };
  throw new Error(`--source: expected s3://bucket/prefix or file:///folder, got "${name}"`);
}
