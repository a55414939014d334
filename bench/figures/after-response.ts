import { setTimeout as sleep } from 'node:timers/promises';
import type { createCaptureClient } from '../../capture/client.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import { type Measurement, required } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { median } from '../statistics.ts';

/** Invocations of a round. */
const INVOCATIONS = 100;
/** How long the function works on an event, in milliseconds. */
const WORK_MS = 5;
/** Rounds that do not count: the extension learns how much traffic there is. */
const WARM_UP_ROUNDS = 1;

/** P5: how much longer an invocation is billed for the extension's sake when no delivery is due. */
export const measureAfterResponse: Measurement = async ({ root, rounds }) => {
  const command = await required(root, 'dist/extension/extensions/inference-capture', 'make build');
  const bundle = await required(root, 'dist/bench/capture-client.mjs', 'make build');
  const { createCaptureClient: create } = (await import(bundle)) as { createCaptureClient: typeof createCaptureClient };
  // Nothing is due for as long as the measurement takes.
  const env = { CAPTURE_BATCH_AGE_MS: '3600000', CAPTURE_BATCH_RECORDS: '1000000', CAPTURE_BATCH_BYTES: '1000000000' };
  await using extension = await startExtension({ command, env });
  const client = create({ port: extension.port });

  const progress = progressLines('P5');
  const afterResponse: number[] = [];
  const turnaround: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const after: number[] = [];
    const turn: number[] = [];
    for (let i = 0; i < INVOCATIONS; i++) {
      after.push(
        await invocation(extension, async (requestId) => {
          await sleep(WORK_MS);
          const sent = await client.send(exchange(requestId));
          if (!sent.accepted) throw new Error(`The extension did not take a record: ${JSON.stringify(sent)}`);
        }),
      );
      turn.push(await invocation(extension, async () => {}));
    }
    progress(round + WARM_UP_ROUNDS + 1, rounds + WARM_UP_ROUNDS);
    if (round < 0) continue;
    afterResponse.push(median(after));
    turnaround.push(median(turn));
  }
  const { delivered } = await extension.stats();
  if (delivered > INVOCATIONS) throw new Error(`Expected that nothing is due, but ${delivered} records were delivered`);
  client.close();
  return [
    figureOf(
      { figure: 'P5', what: 'p50 from the response to the next /next, nothing due', unit: 'ms', goal: 0.3 },
      afterResponse,
    ),
    figureOf({ figure: 'P5', what: 'p50 of the same for a function that answers at once', unit: 'ms' }, turnaround),
  ];
};

let invocations = 0;

/**
 * Hands out an event, lets the function work, and waits until the extension asks for the next one.
 *
 * @returns the milliseconds from the function's response until then; 0 where the extension asked before
 */
async function invocation({ api }: ExtensionProcess, work: (requestId: string) => Promise<void>): Promise<number> {
  await api.asked();
  const requestId = `bench-${invocations++}`;
  api.invoke(requestId);
  await work(requestId);
  const respondedMs = performance.now();
  return Math.max(0, (await api.asked()) - respondedMs);
}
