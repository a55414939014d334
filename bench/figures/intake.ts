import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { createConnection } from '../../capture/connection.ts';
import { RECORDS_PATH } from '../../capture/wire.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import { type Measurement, required } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { median } from '../statistics.ts';

/** Records of a body, where there are many in one. */
const RECORDS_A_BODY = 500;
/** Connections that post at the same time. */
const CONNECTIONS = 4;
/** Of the records, the share that is posted one a body. */
const SINGLE_SHARE = 0.1;
/** Looks at the memory in a round: each falls anywhere between two collections of garbage, and their middle stands for the round. */
const LOOKS = 9;
/** Longest that one POST may take, in milliseconds. */
const POST_MS = 10_000;
const TASKSET = '/usr/bin/taskset';

/** P7: records of 2 KB that the extension checks, stores in its spool and acknowledges, a second; and what its memory does meanwhile. */
export const measureIntake: Measurement = async ({ root, rounds, records, note }) => {
  const executable = await required(root, 'dist/extension/extensions/inference-capture', 'make build');
  const pinned = existsSync(TASKSET);
  if (!pinned) note(`P7: there is no ${TASKSET}, so the extension is not held to one core`);
  const program = pinned ? { command: TASKSET, args: ['-c', '0', executable] } : { command: executable };
  // Nothing is delivered, and everything has room.
  await using extension = await startExtension({ ...program, env: { CAPTURE_SPOOL_BYTES: '1000000000000' } });
  const perRound = Math.ceil(records / rounds);

  const progress = progressLines('P7');
  const many: number[] = [];
  const single: number[] = [];
  const rssMb: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const singles = Math.ceil(perRound * SINGLE_SHARE);
    const part = Math.ceil((perRound - singles) / LOOKS);
    let seconds = 0;
    const looks: number[] = [];
    for (let look = 0; look < LOOKS; look++) {
      seconds += await secondsInBulk(extension, part);
      looks.push(await extension.rssMb());
    }
    many.push((part * LOOKS) / seconds);
    single.push(await postsASecond(extension, singles));
    rssMb.push(median(looks));
    progress(round + 1, rounds);
  }
  const { received, pending } = await extension.stats();
  if (pending !== received || received < records) {
    throw new Error(`Expected ${records} records or a few more in the spool, got ${pending} of ${received}`);
  }
  note(`P7: memory, round by round: ${rssMb.map((megabytes) => megabytes.toFixed(0)).join(', ')} MB`);
  const where = pinned ? 'on one core' : 'on any core';
  // The first fifth of the rounds goes by until the heap has its size; what the second has is the measure for the last.
  const fifth = Math.ceil(rounds / 5);
  const settledMb = median(rssMb.length > fifth ? rssMb.slice(fifth, 2 * fifth) : rssMb);
  const grown = rssMb.slice(-fifth).map((megabytes) => megabytes - settledMb);
  return [
    figureOf(
      { figure: 'P7', what: `into the spool ${where}, ${RECORDS_A_BODY} a body`, unit: 'records/s', goal: 15_000 },
      many,
    ),
    figureOf({ figure: 'P7', what: `into the spool ${where}, one a body`, unit: 'records/s' }, single),
    figureOf({ figure: 'P7', what: 'memory of the extension meanwhile', unit: 'MB' }, rssMb),
    figureOf({ figure: 'P7', what: `growth of memory over ${received} records`, unit: 'MB', goal: 10 }, grown),
  ];
};

/** Many records a body, as whoever sends in bulk does. */
async function secondsInBulk(extension: ExtensionProcess, records: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = records;
  async function connection(): Promise<void> {
    for (; left > 0; ) {
      const count = Math.min(left, RECORDS_A_BODY);
      left -= count;
      await post(extension.port, agent, Array.from({ length: count }, line).join('\n'));
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - startedMs) / 1000;
  agent.destroy();
  return seconds;
}

/** One record a POST, over the connections that the capture client has. */
async function postsASecond({ port }: ExtensionProcess, records: number): Promise<number> {
  const connection = createConnection(port);
  let left = records;
  async function sender(): Promise<void> {
    while (left-- > 0) {
      const outcome = await connection.post(line(), POST_MS);
      if (typeof outcome === 'string' || outcome.status !== 202) {
        throw new Error(`Expected 202 for a record, got ${typeof outcome === 'string' ? outcome : outcome.status}`);
      }
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  const seconds = (performance.now() - startedMs) / 1000;
  connection.close();
  return records / seconds;
}

const [BEFORE_ID, AFTER_ID] = JSON.stringify({
  ...exchange('8476a536-e9f4-11e8-9739-2dfe598c3fcd'),
  inferenceTime: new Date().toISOString(),
  eventId: '?',
}).split('?') as [string, string];

/** A record with an id of its own. Made of text, so that the sender is faster than the extension. */
function line(): string {
  return BEFORE_ID + randomUUID() + AFTER_ID;
}

function post(port: number, agent: http.Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { 'content-type': 'application/x-ndjson' } };
    const request = http.request(`http://127.0.0.1:${port}${RECORDS_PATH}`, options, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`Expected 202 for a body of records, got ${response.statusCode}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
