import path from 'node:path';
import { parseArgs } from 'node:util';
import { isInside } from './hub.ts';

export const HELP = `Fetches a question-answering model from the Hugging Face hub into a folder that the function can load.

  make model MODEL=owner/name [REVISION=main] [OUT=FOLDER] [ONNX=FILE]
  node model/fetch/index.ts owner/name [flags]

  --revision NAME  a branch, a tag or a commit (main)
  --out FOLDER     where to put it (local/models/owner/name)
  --onnx FILE      the ONNX file to take; by default the first that exists of onnx/model_quantized.onnx,
                   onnx/model_int8.onnx, onnx/model.onnx, model_quantized.onnx and model.onnx
  --help           this text

All files are of one commit: the one that the revision names at the start. Each file is compared with the hub's digest. Then the
function's own code loads the folder and answers a question, and only then the folder appears. The next run continues a download
that broke off.

HF_ENDPOINT names a mirror (https://huggingface.co), HF_TOKEN holds the token for private and gated models, HTTPS_PROXY a proxy.
The exit status is 0 when the model is there, 1 when it cannot be fetched, 2 for a wrong argument.`;

export interface CommandLine {
  help: boolean;
  repository: string;
  revision: string;
  out: string;
  onnx?: string;
}

/** The owner or the name of a repository. */
const PART = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** @throws Error naming the argument, what was expected and what came */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      revision: { type: 'string', default: 'main' },
      out: { type: 'string' },
      onnx: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, revision, onnx } = values;
  if (help) return { help, repository: '', revision, out: '' };
  const [repository = '', ...others] = positionals;
  const [owner, name, ...rest] = repository.split('/');
  if (
    others.length > 0 ||
    rest.length > 0 ||
    ![owner, name].every((part) => part && part.length <= 96 && PART.test(part))
  ) {
    throw new Error(
      `expected a model's name on the hub, MODEL=owner/name, such as distilbert/distilbert-base-cased-distilled-squad, got "${positionals.join(' ')}"`,
    );
  }
  if (!/^[\w][\w./-]*$/.test(revision) || !isInside(revision)) {
    throw new Error(`REVISION: expected a branch, a tag or a commit, got "${revision}"`);
  }
  if (onnx !== undefined && !(isInside(onnx) && onnx.endsWith('.onnx'))) {
    throw new Error(`ONNX: expected the path of an .onnx file in the repository, got "${onnx}"`);
  }
  if (values.out === '') throw new Error('OUT: expected a folder, got ""');
  return {
    help,
    repository,
    revision,
    onnx,
    out: path.normalize(values.out ?? `local/models/${repository}`).replace(/\/+$/, ''),
  };
}

/** The address of a hub. @throws Error naming what was expected and what came */
export function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash) return url;
  throw new Error(`HF_ENDPOINT: expected an address like https://huggingface.co, got "${text}"`);
}
