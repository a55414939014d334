/** The documents' commands for the AWS CLI, jq and DuckDB, as they stand. Run by `make oracles`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Block, blocksOf, documents, runBlock } from '../../documents/commands.ts';
import { type EmulatorProcess, startEmulator } from '../../emulator-process.ts';
import { ask } from '../../questions.ts';
import { storedRecords } from '../../stored-records.ts';
import { startLogGroup } from './cloudwatch-logs.ts';

const BIN = path.resolve('.venv-commands/bin');
const BLOCKS = documents().flatMap(blocksOf);
const SQL = BLOCKS.filter(({ kind }) => kind === 'sql');
const AWS = BLOCKS.filter(({ kind }) => kind === 'sh aws');
/** The machine of somebody who has the tools and nothing else: no profile, no region. */
const ENV = { PATH: `${BIN}:${process.env['PATH']}`, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

let folder: string;
const running: EmulatorProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oracle-commands-'));
});
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.stop();
  rmSync(folder, { recursive: true });
});

async function start(...env: string[]): Promise<EmulatorProcess> {
  const flags = env.flatMap((variable) => ['--env', variable]);
  const emulator = await startEmulator(flags, path.join(folder, 'local'));
  running.push(emulator);
  return emulator;
}

async function stopped(emulator: EmulatorProcess): Promise<void> {
  running.splice(running.indexOf(emulator), 1);
  assert.equal(await emulator.stop(), 0);
}

/** The rows that DuckDB finds for the SQL of a document, below the folder with `local/`. */
function query({ text }: Block): unknown[][] {
  const program = 'import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.stdin.read()).fetchall(), default=str))';
  const output = execFileSync(`${BIN}/python`, ['-c', program], { cwd: folder, input: text, encoding: 'utf8' });
  return JSON.parse(output) as unknown[][];
}

const aboutLosses = SQL.find(({ text }) => text.includes('droppedBefore'))!;
const aboutSamples = SQL.find(({ text }) => text.includes('sampleRate'))!;

const aboutLabels = SQL.find(({ text }) => text.includes('ground-truth'))!;
const ABOUT_OTHERS = [aboutLosses, aboutSamples, aboutLabels];

for (const block of SQL.filter((each) => !ABOUT_OTHERS.includes(each))) {
  test(`${block.document}:${block.line} reads what was captured, and nothing else`, async () => {
    const emulator = await start();
    for (const city of ['Berlin', 'Paris', 'Rome']) await ask(emulator, city);
    await stopped(emulator);
    assert.equal(query(block).length, 3);
  });
}

test('the query about losses finds none where nothing was lost', async () => {
  const emulator = await start();
  await ask(emulator);
  await stopped(emulator);
  assert.deepEqual(query(aboutLosses), []);
});

test('the query about losses counts those that there were, by reason', async () => {
  const emulator = await start('CAPTURE_SPOOL_BYTES=2000');
  const tooLong = 'Berlin, which is a city '.repeat(200);
  for (const city of [tooLong, tooLong, 'Berlin', tooLong, 'Rome']) await ask(emulator, city);
  await stopped(emulator);
  assert.equal((await storedRecords(emulator.local)).length, 2);
  assert.deepEqual(query(aboutLosses), [['SPOOL_FULL', 3]]);
});

test('the query about a sample says how many records there were, and not only how many lines', () => {
  const lines = [
    { status: 200, latencyMs: 10, sampleRate: 0.5 },
    { status: 200, latencyMs: 40, sampleRate: 1 },
    { status: 500, latencyMs: 5, sampleRate: 1 },
  ].map((inferenceCapture) => `${JSON.stringify({ inferenceCapture })}\n`);
  const objects = path.join(folder, 'local/s3/inference-capture/f');
  mkdirSync(objects, { recursive: true });
  writeFileSync(path.join(objects, 'a.jsonl'), lines.join(''));
  const rows = query(aboutSamples).toSorted((a, b) => Number(a[0]) - Number(b[0]));
  assert.deepEqual(rows, [
    [200, 2, 3, 20],
    [500, 1, 1, 5],
  ]);
});

test('the query about labels finds the latest label of each record that has one, by either id', async () => {
  const emulator = await start();
  const { eventId } = await ask(emulator);
  await ask(emulator, 'Paris');
  const label = (data: string, time: string) => JSON.stringify({ eventId, data, time });
  const labels = fetch(`${emulator.urls.extension}/v1/labels`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', connection: 'close' },
    body: [label('Bonn', '2026-11-25T09:00:00Z'), label('Berlin', '2026-11-24T09:00:00Z')].join('\n'),
  });
  await ask(emulator, 'Rome'); // thaws the environment
  assert.equal((await labels).status, 202);
  await stopped(emulator);
  const rows = query(aboutLabels);
  assert.deepEqual(
    rows.map(([id, , truth]) => [id, truth]),
    [[eventId, 'Bonn']],
  );
});

test('docs/api.md: the AWS CLI invokes the function', async () => {
  const emulator = await start();
  const block = AWS.find(({ text }) => text.includes('aws lambda invoke'))!;
  const { code, stderr } = await runBlock(block, emulator, folder, ENV);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.equal(JSON.parse(readFileSync(path.join(folder, 'answer.json'), 'utf8')).answer, 'Berlin');
  await stopped(emulator);
  const [record] = await storedRecords(emulator.local);
  assert.equal(record!.eventMetadata.inferenceId, 'label-7');
});

test('docs/operations.md: the AWS CLI and jq get back the records that are in the log', async () => {
  const cutOff = await start('AWS_ENDPOINT_URL_S3=http://127.0.0.1:1', 'CAPTURE_LAST_RESORT=log');
  const asked = [await ask(cutOff, 'Berlin'), await ask(cutOff, 'Köln '.repeat(60_000))]; // the second is more than one event holds
  await stopped(cutOff);
  await using log = await startLogGroup(cutOff.output().split('\n'));
  const account = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_DEFAULT_REGION: 'us-east-1' };
  const block = AWS.find(({ text }) => text.includes('aws logs'))!;
  const env = { ...ENV, ...account, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: log.url };
  const { code, stderr } = await runBlock(block, cutOff, folder, env);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const lines = readFileSync(path.join(folder, 'records.jsonl'), 'utf8').split('\n').filter(Boolean);
  const ids = lines.map((line) => JSON.parse(line).eventMetadata.eventId);
  assert.deepEqual(ids.sort(), asked.map(({ eventId }) => eventId).sort());
});

test('every block that needs tools of others has been run', () => {
  assert.equal(AWS.length, 2);
  assert.ok(SQL.length >= 4);
});
