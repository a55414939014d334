import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureClient, createCaptureClient } from '../../capture/client.ts';
import { type Behaviour, FaultyS3 } from '../../harness/s3.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import { type Measurement, required } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { quantile } from '../statistics.ts';

/** The minute: in each quarter of it S3 fails in another way, one of them the connection that is never answered. */
const OUTAGES: readonly Behaviour[] = ['hangs', { status: 503, code: 'SlowDown' }, 'breaks the connection', 'hangs'];
const QUARTER_MS = 15_000;
/** With a healthy S3, before. */
const BEFORE_MS = 3000;
/** Between a response and the same caller's next request, in milliseconds. */
const THINK_MS = 15;
/** How long the function works on an event, in milliseconds. */
const WORK_MS = 5;

/** An environment with the extension and a function, and one caller, who asks again and again. */
interface Caller {
  extension: ExtensionProcess;
  client: CaptureClient;
  s3: FaultyS3;
}

/** What a caller waited for, in milliseconds. */
interface Call {
  /** From the request to the response: the environment may still be busy with the invocation before. */
  waitedMs: number;
}

/**
 * OUTAGE: what callers notice of an S3 that fails for a minute. Two environments, one of them with a healthy S3, get the same requests
 * in turn; a request waits until its environment is free, so that work which prolongs an invocation shows.
 */
export const measureOutage: Measurement = async ({ root, note }) => {
  const command = await required(root, 'dist/extension/extensions/inference-capture', 'make build');
  const bundle = await required(root, 'dist/bench/capture-client.mjs', 'make build');
  const { createCaptureClient: create } = (await import(bundle)) as { createCaptureClient: typeof createCaptureClient };
  await using started = new AsyncDisposableStack();
  const callers: Caller[] = [];
  for (let i = 0; i < 2; i++) {
    const s3 = started.use(await FaultyS3.start());
    // A batch a second: something is due all the time.
    const env = { CAPTURE_BATCH_AGE_MS: '1000', CAPTURE_DESTINATION: 's3://bucket', ...awsVariables(s3) };
    const extension = started.use(await startExtension({ command, env }));
    callers.push({ extension, s3, client: create({ port: extension.port }) });
  }
  const [healthy, cutOff] = callers as [Caller, Caller];

  await callInTurn(callers, BEFORE_MS);
  if (callers.some(({ s3 }) => s3.requests.length === 0))
    throw new Error('Expected that objects reach S3 before the outage');
  const progress = progressLines('OUTAGE');
  const changes: number[] = [];
  const longest: number[] = [];
  const before = cutOff.s3.requests.length;
  for (const [quarter, behaviour] of OUTAGES.entries()) {
    cutOff.s3.behave(behaviour);
    const [well, ill] = (await callInTurn([healthy, cutOff], QUARTER_MS)) as [Call[], Call[]];
    changes.push(p99(ill) - p99(well));
    longest.push(Math.max(...ill.map(({ waitedMs }) => waitedMs)));
    progress(quarter + 1, OUTAGES.length);
  }
  const attempts = cutOff.s3.requests.length - before;
  if (attempts === 0) throw new Error('Expected that the extension tries to deliver during the outage');
  note(`OUTAGE: ${attempts} attempts to deliver failed in the minute`);
  for (const { client } of callers) client.close();
  return [
    figureOf(
      { figure: 'OUTAGE', what: "change of the callers' p99 by a minute without S3", unit: 'ms', goal: 1 },
      changes,
    ),
    figureOf({ figure: 'OUTAGE', what: 'the longest that a caller waited then', unit: 'ms' }, longest),
  ];
};

/** Lets each caller ask, one after the other, for so long. */
async function callInTurn(callers: readonly Caller[], ms: number): Promise<Call[][]> {
  const calls = callers.map((): Call[] => []);
  const endMs = performance.now() + ms;
  const loops = callers.map(async (caller, at) => {
    await sleep((at * (THINK_MS + WORK_MS)) / callers.length);
    while (performance.now() < endMs) {
      calls[at]!.push(await call(caller));
      await sleep(THINK_MS);
    }
  });
  await Promise.all(loops);
  return calls;
}

let invocations = 0;

async function call({ extension, client }: Caller): Promise<Call> {
  const requestedMs = performance.now();
  await extension.api.asked();
  const requestId = `bench-${invocations++}`;
  extension.api.invoke(requestId);
  await sleep(WORK_MS);
  const sent = await client.send(exchange(requestId));
  if (!sent.accepted) throw new Error(`The extension did not take a record: ${JSON.stringify(sent)}`);
  return { waitedMs: performance.now() - requestedMs };
}

function p99(calls: readonly Call[]): number {
  return quantile(
    calls.map(({ waitedMs }) => waitedMs),
    0.99,
  );
}

function awsVariables({ url }: FaultyS3): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL0',
    AWS_SECRET_ACCESS_KEY: 'local-secret-access-key',
  };
}
