import { parseArgs } from 'node:util';

export const HELP = `Says whether the document of a policy is right, and what the policy would do to records.

  make policy-check FILE=policy.yaml [RECORDS=file.jsonl] [ARGS="flags"]
  node policy/check/index.ts policy.yaml [file.jsonl] [flags]

  --show N   print the first N records before and after, with what was found in them (default 0: no value of a record is printed)
  --json     print one JSON object for programs
  --help     this text

RECORDS has a record on each line, as it is posted to the extension or as it is stored. Stored lines have no headers, source or caller any
more, so conditions on these do not fit them. The limit on records a second takes the times of the records as its clock.
A key in a variable is read from it. A key in Secrets Manager is not fetched: the check takes another one, and the hashes are others.

The exit status is 0; or 1 when the document is wrong, or a line of RECORDS is no record or makes the policy fail; or 2 for a wrong argument
or a file that cannot be read.`;

export interface CommandLine {
  help: boolean;
  file: string;
  records?: string | undefined;
  show: number;
  json: boolean;
}

/** @throws Error naming the argument, what was expected and what came */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      show: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, json } = values;
  if (help) return { help, file: '', show: 0, json };
  const [file, records, ...rest] = positionals.filter((positional) => positional !== '');
  if (file === undefined || rest.length > 0) {
    throw new Error(`expected FILE=policy.yaml and perhaps RECORDS=file.jsonl, got "${positionals.join(' ')}"`);
  }
  if (!/^\d{1,6}$/.test(values.show)) throw new Error(`--show: expected a whole number, got "${values.show}"`);
  return { help, file, records, show: Number(values.show), json };
}
