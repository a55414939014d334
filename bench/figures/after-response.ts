import { setTimeout as sleep } from 'node:timers/promises';
import { builtCaptureClient, builtExtension } from '../built.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import type { Measurement } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { median } from '../statistics.ts';

/** Invocations of each kind in a round. */
const INVOCATIONS = 100;
/** How long the function works on an event before it sends its record, in milliseconds. */
const WORK_MS = 5;
/** Rounds that do not count: the extension learns meanwhile how much traffic there is. */
const WARM_UP_ROUNDS = 1;

/** P5: how long an invocation goes on after the function's response because of the extension, when no delivery is due. */
export const measureAfterResponse: Measurement = async ({ root, rounds }) => {
  const command = await builtExtension(root);
  const createCaptureClient = await builtCaptureClient(root);
  // No delivery becomes due while the measurement lasts.
  const env = { CAPTURE_BATCH_AGE_MS: '3600000', CAPTURE_BATCH_RECORDS: '1000000', CAPTURE_BATCH_BYTES: '1000000000' };
  await using extension = await startExtension({ command, env });
  const client = createCaptureClient({ port: extension.port });

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
          if (!sent.accepted) throw new Error(`Expected an accepted record, got ${JSON.stringify(sent)}`);
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
  if (delivered > INVOCATIONS) throw new Error(`Expected that no delivery is due, got ${delivered} records delivered`);
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
 * Gives the extension an event, lets the function work, and waits until the extension asks for the next event.
 *
 * @returns the milliseconds from the function's response until then; 0 where the extension asked before the response
 */
async function invocation({ api }: ExtensionProcess, work: (requestId: string) => Promise<void>): Promise<number> {
  await api.asked();
  const requestId = `bench-${invocations++}`;
  api.invoke(requestId);
  await work(requestId);
  const respondedMs = performance.now();
  return Math.max(0, (await api.asked()) - respondedMs);
}
