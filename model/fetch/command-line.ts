import path from 'node:path';
import { parseArgs } from 'node:util';
import { isInside } from './hub.ts';

export const HELP = `Fetches a question-answering model from the Hugging Face hub into a folder that the function can load.

  make model MODEL=owner/name [REVISION=main] [OUT=FOLDER] [ONNX=FILE]
  node model/fetch/index.ts owner/name [flags]

  --revision NAME  a branch, a tag or a commit (main)
  --out FOLDER     where to put it (local/models/owner/name)
  --onnx FILE      the ONNX file to take; otherwise the first there is of onnx/model_quantized.onnx,
                   onnx/model_int8.onnx, onnx/model.onnx, model_quantized.onnx and model.onnx
  --help           this text

Every file is of the one commit that the revision is at the start, and is compared with the hub's digest. Then the function's own
code loads the folder and answers a question. Only then the folder appears; what a broken download leaves is gone on with.

HF_ENDPOINT names a mirror (https://huggingface.co), HF_TOKEN holds the token for private and gated models, HTTPS_PROXY a proxy.
Ends with 0 when the model is there, with 1 when it cannot be fetched, with 2 for a wrong argument.`;

export interface CommandLine {
  help: boolean;
  repository: string;
  revision: string;
  out: string;
  onnx?: string;
}

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
      `expected a model's name on the hub, MODEL=owner/name, as distilbert/distilbert-base-cased-distilled-squad, got "${positionals.join(' ')}"`,
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

/** @throws Error */
export function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash) return url;
  throw new Error(`HF_ENDPOINT: expected an address like https://huggingface.co, got "${text}"`);
}
