import { readSwitch } from '../../capture/variables.ts';
import { createProgress } from '../../terminal/progress.ts';
import { checkByFunction } from './check.ts';
import { type CommandLine, HELP, parseCommandLine, parseEndpoint } from './command-line.ts';
import { FetchError, TransientError } from './fetch-error.ts';
import { fetchModel } from './fetch-model.ts';
import { createHub } from './hub.ts';

// As in function/index.ts: see docs/decisions/onnxruntime-telemetry.md.
if (readSwitch(process.env['ORT_DISABLE_TELEMETRY'] || 'yes') !== false) process.env['ORT_DISABLE_TELEMETRY'] = '1';

const IDLE_MS = 30_000;
const ATTEMPTS = 5;

const note = (line: string) => process.stderr.write(`${line}\n`);
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let args: CommandLine;
  let endpoint: URL;
  try {
    args = parseCommandLine(argv);
    endpoint = parseEndpoint(process.env['HF_ENDPOINT'] || 'https://huggingface.co');
  } catch (error) {
    note(`model: ${(error as Error).message}\nSee: node model/fetch/index.ts --help`);
    return 2;
  }
  if (args.help) {
    console.log(HELP);
    return 0;
  }
  try {
    await fetchModel(args, {
      hub: createHub({ endpoint, token: process.env['HF_TOKEN'] || undefined, idleMs: IDLE_MS }),
      check: checkByFunction,
      retry: { attempts: ATTEMPTS, baseMs: 1000, note },
      progress: (what) =>
        createProgress({
          what,
          amount: (done, all) => (all === undefined ? megabytes(done) : `${megabytes(done)} of ${megabytes(all)}`),
          rate: (perSecond) => `${megabytes(perSecond)}/s`,
          stream: process.stderr,
        }),
      tell: (line) => console.log(line),
    });
    return 0;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const again = error instanceof TransientError ? '. Run the command again: it continues where it broke off.' : '';
    note(`model: ${error.message}${again}`);
    return 1;
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
