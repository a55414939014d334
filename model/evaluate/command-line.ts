import { parseArgs } from 'node:util';

export const HELP = `Asks the function every question of a file, and prints exact match and F1 as the SQuAD scripts compute them.

  make evaluate DATA=file.json [MODEL_DIR=folder] [ARGS="flags"]
  node model/evaluate/index.ts file.json [flags]

  --limit N                only the first N questions
  --predictions FILE       write the answers, by the id of their question, in the form that the SQuAD scripts read
  --help                   this text

The function is the bundle in dist/function. It gets the events of a direct invocation, and nothing is captured. Where every question
has an answer, the figures are those of evaluate-v1.1.py. Where some questions have none, the figures are those of evaluate-v2.0.py, and
the function may answer that there is none ("handle_impossible_answer"). A question that the function refuses scores 0 and is reported.

MODEL_DIR names another model. AWS_LAMBDA_FUNCTION_MEMORY_SIZE (1769) gives the model one thread for each 1,769 MB.
The figures go to stdout, progress and everything else to stderr. The exit status is 0, or 1 when the data cannot be read or the function
answers nothing, or 2 for a wrong argument.`;

export interface CommandLine {
  help: boolean;
  data: string;
  limit?: number;
  predictions?: string;
}

/** @throws Error naming the argument, what was expected and what came */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      limit: { type: 'string' },
      predictions: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, limit, predictions } = values;
  if (help) return { help, data: '' };
  const [data, ...rest] = positionals;
  if (!data || rest.length > 0) {
    throw new Error(`expected one file in SQuAD's format, DATA=file.json, got "${positionals.join(' ')}"`);
  }
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) {
    throw new Error(`--limit: expected a whole number from 1 on, got "${limit}"`);
  }
  return { help, data, limit: limit === undefined ? undefined : Number(limit), predictions };
}
