import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { createConnection } from '../../capture/connection.ts';
import { RECORDS_PATH } from '../../capture/wire.ts';
import { builtExtension } from '../built.ts';
import { exchange } from '../exchange.ts';
import { type ExtensionProcess, startExtension } from '../extension-process.ts';
import { figureOf } from '../figure.ts';
import type { Measurement } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { median } from '../statistics.ts';

/** Records of a body that has many. */
const RECORDS_A_BODY = 500;
/** Connections that post at the same time. */
const CONNECTIONS = 4;
/** The share of the records that are posted one a body. */
const SINGLE_SHARE = 0.1;
/** Samples of the memory in a round. Each is at any moment between two garbage collections; their median stands for the round. */
const SAMPLES = 9;
/** The longest that one POST may take, in milliseconds. */
const POST_MS = 10_000;
const TASKSET = '/usr/bin/taskset';

/** P7: how many records of 2 KB the extension checks, stores in its spool and acknowledges in a second; and its memory meanwhile. */
export const measureIntake: Measurement = async ({ root, rounds, records, note }) => {
  const executable = await builtExtension(root);
  const pinned = existsSync(TASKSET);
  if (!pinned) note(`P7: the extension is not held to one core, because there is no ${TASKSET}`);
  const program = pinned ? { command: TASKSET, args: ['-c', '0', executable] } : { command: executable };
  // Without events nothing is delivered: the spool has room for everything.
  await using extension = await startExtension({ ...program, env: { CAPTURE_SPOOL_BYTES: '1000000000000' } });
  const perRound = Math.ceil(records / rounds);

  const progress = progressLines('P7');
  const many: number[] = [];
  const single: number[] = [];
  const rssMb: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const singles = Math.ceil(perRound * SINGLE_SHARE);
    const part = Math.ceil((perRound - singles) / SAMPLES);
    let seconds = 0;
    const samples: number[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      seconds += await secondsInBulk(extension, part);
      samples.push(await extension.rssMb());
    }
    many.push((part * SAMPLES) / seconds);
    single.push(await postsASecond(extension, singles));
    rssMb.push(median(samples));
    progress(round + 1, rounds);
  }
  const { received, pending } = await extension.stats();
  if (pending !== received || received < records) {
    throw new Error(
      `Expected at least ${records} records, all of them in the spool, got ${received}, and ${pending} in the spool`,
    );
  }
  note(`P7: memory, round by round: ${rssMb.map((megabytes) => megabytes.toFixed(0)).join(', ')} MB`);
  const where = pinned ? 'on one core' : 'on any core';
  // The heap grows to its size in the first fifth of the rounds. Growth is that of the last fifth over the second.
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

/** Posts many records a body, as a bulk sender does. @returns how long it took, in seconds */
async function secondsInBulk(extension: ExtensionProcess, records: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = records;
  async function sender(): Promise<void> {
    while (left > 0) {
      const count = Math.min(left, RECORDS_A_BODY);
      left -= count;
      await post(extension.port, agent, Array.from({ length: count }, line).join('\n'));
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  const seconds = (performance.now() - startedMs) / 1000;
  agent.destroy();
  return seconds;
}

/** Posts one record a body, over connections such as the capture client's. @returns the records in a second */
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

/** A record with an id of its own. It is put together as text, because the sender must be faster than the extension. */
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
