// node sender.ts PORT SENDS BYTES THREADS: sends that many records at once from each thread, and prints their outcomes as JSON.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createCaptureClient } from '../capture/client.ts';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';

/** How often each outcome came: `accepted`, or the reason of a loss. */
export type Outcomes = Record<string, number>;

const [port = 0, sends = 0, bytes = 0, threads = 1] = process.argv.slice(2).map(Number);

async function send(): Promise<Outcomes> {
  // Much longer than the default, for a busy machine: the test is about records that are refused, not about time-outs.
  const capture = createCaptureClient({ port, timeoutMs: 20_000 });
  const { eventId, ...exchange } = EXAMPLE_RECORD;
  const record = { ...exchange, input: { ...exchange.input, data: 'x'.repeat(bytes) } };
  const results = await Promise.all(Array.from({ length: sends }, () => capture.send(record)));
  return count(results.map((result) => ({ [result.accepted ? 'accepted' : result.reason]: 1 })));
}

function count(all: Outcomes[]): Outcomes {
  const total: Outcomes = {};
  for (const [outcome, times] of all.flatMap((outcomes) => Object.entries(outcomes))) {
    total[outcome] = (total[outcome] ?? 0) + times;
  }
  return total;
}

if (!isMainThread) parentPort!.postMessage(await send());
else if (threads === 1) console.log(JSON.stringify(await send()));
else {
  const workers = Array.from(
    { length: threads },
    () => new Worker(import.meta.filename, { argv: process.argv.slice(2) }),
  );
  const outcomes = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as Outcomes));
  console.log(JSON.stringify(count(outcomes)));
}
