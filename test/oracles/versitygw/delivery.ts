/** Delivery by the extension's executable to an S3 server of others. Run by `make oracles`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { claimPort } from '../../../harness/ports.ts';
import { FaultCounts } from '../../chaos/fault-counts.ts';
import { Host } from '../../chaos/host.ts';
import type { PlannedRecord } from '../../chaos/plan.ts';
import { buildPrograms, type Programs } from '../../chaos/programs.ts';
import { startS3Proxy } from '../../chaos/s3-proxy.ts';
import { CREDENTIALS, Gateway } from './gateway.ts';

let built: string;
let programs: Programs;
before(async () => {
  built = mkdtempSync(path.join(tmpdir(), 'versitygw-programs-'));
  programs = await buildPrograms(built, path.resolve('dist/extension/extensions/inference-capture'));
});
after(() => rmSync(built, { recursive: true }));

let folder: string;
let gateway: Gateway;
let log: string[];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'versitygw-'));
  mkdirSync(path.join(folder, 'gateway'));
  gateway = await Gateway.start(path.join(folder, 'gateway'), await claimPort());
  log = [];
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const PLAN = {
  telemetry: true,
  timeoutMs: 30_000,
  batchRecords: 1000,
  batchAgeMs: 0, // after each invocation
  flushBudgetMs: 10_000,
  flushStrategy: 'adaptive',
  lastResort: false,
  room: { kind: 'plenty' },
  preload: false,
} as const;
const RIGHT = { AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey };
// The emulator's credentials have a session token; versitygw's do not.
const NO_TOKEN = { AWS_SESSION_TOKEN: '' };

async function hostFor(s3Url: string, env: Record<string, string> = RIGHT): Promise<Host> {
  const note = (text: string) => log.push(text);
  const own = path.join(folder, 'environment');
  mkdirSync(own, { recursive: true });
  return new Host({
    plan: PLAN,
    programs,
    folder: own,
    port: await claimPort(),
    s3Url,
    env: { ...env, ...NO_TOKEN },
    note,
  });
}

function records(count: number, bytes = 100): PlannedRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    eventId: `event-${String(i).padStart(4, '0')}`,
    bytes,
    hoursAgo: 0,
  }));
}

/** One environment from its start to its shutdown, with an invocation for each list of records. */
async function runEnvironment(host: Host, ...invocations: PlannedRecord[][]): Promise<void> {
  const environment = host.environment();
  await environment.init();
  for (const each of invocations) {
    const payload = Buffer.from(JSON.stringify({ records: each, workMs: 0, hangs: false }));
    await environment.invoke({ payload }).finished;
  }
  await environment.close();
}

const ids = (all: PlannedRecord[]) => all.map(({ eventId }) => eventId);

test('an object whose answer was lost is there already: 412 counts as delivered, and its records are stored once', async () => {
  const faults = { killExtension: () => false, freeze: () => false };
  const outcomes = ['stored, answer lost'] as const;
  await using proxy = await startS3Proxy(gateway.url, outcomes, faults, new FaultCounts(), (text) => log.push(text));
  const all = records(20);
  const host = await hostFor(proxy.url);
  await runEnvironment(host, all);
  assert.ok(log.includes('S3 answers 412'), log.join('\n'));
  assert.deepEqual(await gateway.eventIds(), ids(all));
  assert.deepEqual(host.spooled(), []);
});

test('with wrong credentials everything stays in the spool, and is delivered when they are right', async () => {
  const all = records(20);
  const denied = await hostFor(gateway.url, { ...RIGHT, AWS_SECRET_ACCESS_KEY: 'wrong' });
  await runEnvironment(denied, all);
  assert.match(log.join('\n'), /SignatureDoesNotMatch/);
  assert.deepEqual(await gateway.eventIds(), []);
  assert.equal(denied.spooled().length, all.length);
  await runEnvironment(await hostFor(gateway.url));
  assert.deepEqual(await gateway.eventIds(), ids(all));
});

test('a server that ends in the middle of an upload and comes back has every record once', async () => {
  let restarted: Promise<void> | undefined;
  // Ends the server when half of the object has passed.
  const between = net.createServer((client) => {
    const server = net.connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let passed = 0;
    client.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (passed > 1_000_000) restarted ??= gateway.kill().then(() => gateway.start());
    });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const all = records(20, 100_000);
  const host = await hostFor(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
  await runEnvironment(host, all);
  between.close();
  assert.ok(restarted, 'the server was never ended');
  assert.deepEqual(await gateway.eventIds(), ids(all));
  assert.deepEqual(host.spooled(), []);
});

test('50 MB arrive, segment by segment', async () => {
  const all = records(104, 512 * 1024);
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  assert.ok(bytes > 50 * 1024 * 1024);
  const host = await hostFor(gateway.url);
  await runEnvironment(host, ...Array.from({ length: 4 }, (_, i) => all.slice(i * 26, (i + 1) * 26)));
  assert.deepEqual(await gateway.eventIds(), ids(all));
  assert.deepEqual(host.spooled(), []);
});
