import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXAMPLE_RECORD } from '../../../capture/fixtures/example-record.ts';
import { type EmulatorProcess, startEmulator } from '../../emulator-process.ts';

/** How a function that uses the client of a language runs: `Runtime`, and `CodeUri` and `Command` of its metadata. */
export const LANGUAGES: Record<string, { runtime: string; emulator: Record<string, unknown> }> = {
  python: {
    runtime: 'python3.11',
    emulator: {
      CodeUri: path.resolve('test/oracles/clients/python'),
      Command: [path.resolve('.venv-clients/bin/python'), '-B', '-m', 'awslambdaric', 'app.handler'],
      Variables: { PYTHONPATH: path.resolve('clients/python') },
    },
  },
  go: { runtime: 'provided.al2023', emulator: { CodeUri: path.resolve('.bin-oracles/go-function') } },
};

/** What became of a record. */
export interface Result {
  eventId: string;
  accepted: boolean;
  reason?: string;
  code?: string;
  /** How long `send` took, in milliseconds. */
  ms: number;
}

export interface Task {
  /** How many records. @default 1 */
  count?: number;
  /** @default 1 */
  atOnce?: number;
  /** The length of the input of each, in characters. */
  dataBytes?: number;
}

/** A function on the emulator whose only work is to capture records. Disposing of it ends the emulator, and removes its folder. */
export interface CapturedFunction extends AsyncDisposable {
  emulator: EmulatorProcess;
  /** Lets one invocation capture records. */
  send(task: Task): Promise<Result[]>;
}

/**
 * @param extension whether our extension runs beside the function
 * @param env variables of function and extension
 */
export async function startFunction(
  language: string,
  extension: boolean,
  env: Record<string, string> = {},
): Promise<CapturedFunction> {
  await using started = new AsyncDisposableStack();
  const folder = started.adopt(await mkdtemp(path.join(tmpdir(), 'clients-')), (dir) =>
    rm(dir, { recursive: true, force: true }),
  );
  const file = path.join(folder, 'template.json');
  await writeFile(file, JSON.stringify(template(language, extension)));
  const flags = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const emulator = started.use(await startEmulator(['--template', file, ...flags], path.join(folder, 'local')));
  const running = started.move();
  return {
    emulator,
    async send({ count = 1, atOnce = 1, dataBytes }) {
      const { eventId: _, inferenceTime: __, ...record } = EXAMPLE_RECORD;
      const response = await fetch(`${emulator.urls.invoke}/2015-03-31/functions/Captured/invocations`, {
        method: 'POST',
        body: JSON.stringify({ record, count, atOnce, ...(dataBytes && { dataBytes }) }),
      });
      const answer = await response.text();
      if (response.headers.has('x-amz-function-error')) throw new Error(`${answer}\n${emulator.output()}`);
      return JSON.parse(answer) as Result[];
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** JSON, which YAML is too. */
function template(language: string, extension: boolean): object {
  const { runtime, emulator } = LANGUAGES[language]!;
  const Emulator = {
    ...emulator,
    ...(extension && { ExtensionsUri: path.resolve('dist/extension/extensions') }),
    Ports: { Extension: { Variable: 'CAPTURE_PORT' } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template's notation
    Variables: { ...(emulator['Variables'] as object), CAPTURE_SPOOL_DIR: '${Tmp}/inference-capture' },
  };
  const Variables = { CAPTURE_DESTINATION: 's3://captured/records' };
  return {
    Resources: {
      Captured: {
        Type: 'AWS::Serverless::Function',
        Metadata: { Emulator },
        Properties: { Runtime: runtime, Handler: 'app.handler', Timeout: 28, Environment: { Variables } },
      },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'captured' } },
    },
  };
}
