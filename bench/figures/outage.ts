import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureClient } from '../../capture/client.ts';
import { type Behaviour, FaultyS3 } from '../../harness/s3.ts';
import { builtCaptureClient, builtExtension } from '../built.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import type { Measurement } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { quantile } from '../statistics.ts';

/** How S3 fails in each quarter of the minute. */
const OUTAGES: readonly Behaviour[] = ['hangs', { status: 503, code: 'SlowDown' }, 'breaks the connection', 'hangs'];
const QUARTER_MS = 15_000;
/** Time before the outage, in milliseconds: both environments have a healthy S3. */
const BEFORE_MS = 3000;
/** Pause between a response and the same caller's next request, in milliseconds. */
const THINK_MS = 15;
/** How long the function works on an event before it sends its record, in milliseconds. */
const WORK_MS = 5;

/** A caller that sends one request after the other to an environment of its own. */
interface Caller {
  extension: ExtensionProcess;
  client: CaptureClient;
  s3: FaultyS3;
}

/**
 * OUTAGE: how much longer callers wait when S3 fails for a minute. Two environments get the same requests in turn, and one of them has a
 * healthy S3. A request waits until its environment is free, so that work which prolongs an invocation shows.
 */
export const measureOutage: Measurement = async ({ root, note }) => {
  const command = await builtExtension(root);
  const createCaptureClient = await builtCaptureClient(root);
  await using started = new AsyncDisposableStack();
  const callers: Caller[] = [];
  for (let i = 0; i < 2; i++) {
    const s3 = started.use(await FaultyS3.start());
    // A batch becomes due every second.
    const env = { CAPTURE_BATCH_AGE_MS: '1000', CAPTURE_DESTINATION: 's3://bucket', ...awsVariables(s3) };
    const extension = started.use(await startExtension({ command, env }));
    callers.push({ extension, s3, client: createCaptureClient({ port: extension.port }) });
  }
  const [healthy, cutOff] = callers as [Caller, Caller];

  await callInTurn(callers, BEFORE_MS);
  if (callers.some(({ s3 }) => s3.requests.length === 0))
    throw new Error('Expected that objects reach S3 before the outage, got none');
  const progress = progressLines('OUTAGE');
  const changes: number[] = [];
  const longest: number[] = [];
  const before = cutOff.s3.requests.length;
  for (const [quarter, behaviour] of OUTAGES.entries()) {
    cutOff.s3.behave(behaviour);
    const [waitsOfHealthy, waits] = (await callInTurn([healthy, cutOff], QUARTER_MS)) as [number[], number[]];
    changes.push(quantile(waits, 0.99) - quantile(waitsOfHealthy, 0.99));
    longest.push(Math.max(...waits));
    progress(quarter + 1, OUTAGES.length);
  }
  const attempts = cutOff.s3.requests.length - before;
  if (attempts === 0) throw new Error('Expected attempts to deliver during the outage, got none');
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

/** Lets the callers ask in turn for that long. @returns for each caller, how long each request waited, in milliseconds */
async function callInTurn(callers: readonly Caller[], ms: number): Promise<number[][]> {
  const waits = callers.map((): number[] => []);
  const endMs = performance.now() + ms;
  const loops = callers.map(async (caller, at) => {
    await sleep((at * (THINK_MS + WORK_MS)) / callers.length);
    while (performance.now() < endMs) {
      waits[at]!.push(await call(caller));
      await sleep(THINK_MS);
    }
  });
  await Promise.all(loops);
  return waits;
}

let invocations = 0;

/** @returns milliseconds from the request to the response: the environment may still be busy with the invocation before */
async function call({ extension, client }: Caller): Promise<number> {
  const requestedMs = performance.now();
  await extension.api.asked();
  const requestId = `bench-${invocations++}`;
  extension.api.invoke(requestId);
  await sleep(WORK_MS);
  const sent = await client.send(exchange(requestId));
  if (!sent.accepted) throw new Error(`Expected an accepted record, got ${JSON.stringify(sent)}`);
  return performance.now() - requestedMs;
}

function awsVariables({ url }: FaultyS3): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL0',
    AWS_SECRET_ACCESS_KEY: 'local-secret-access-key',
  };
}
