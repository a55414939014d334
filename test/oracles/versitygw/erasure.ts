/** The erasure of a person's records from an S3 server of others, which keeps old versions. Run by `make oracles`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { EXAMPLE_RECORD } from '../../../capture/fixtures/example-record.ts';
import { storedLine } from '../../../capture/stored-line.ts';
import type { ErasureReport } from '../../../erase/erase.ts';
import { claimPort } from '../../../harness/ports.ts';
import { subjectOf } from '../../../policy/subject.ts';
import { BUCKET, CREDENTIALS, Gateway } from './gateway.ts';

const KEY = 'a key of the platform team';
const Bucket = BUCKET;

let folder: string;
let gateway: Gateway;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'versitygw-erasure-'));
  mkdirSync(path.join(folder, 'gateway'));
  gateway = await Gateway.start(path.join(folder, 'gateway'), await claimPort(), true);
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function line(eventId: string, subject: string): string {
  const marks = { sampleRate: 1, subject: subjectOf(subject, Buffer.from(KEY)) };
  const origin = { functionName: 'f', functionVersion: '1' };
  return `${JSON.stringify(storedLine({ record: { ...EXAMPLE_RECORD, eventId }, marks }, origin))}\n`;
}

const put = (Key: string, Body: string) =>
  gateway.client.send(
    new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/x-ndjson', Metadata: { team: 'a' } }),
  );
const get = async (Key: string, VersionId?: string) =>
  (await gateway.client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body!.transformToString();

function erase(...flags: string[]): Promise<{ code: number; report: ErasureReport; stderr: string }> {
  const args = ['erase/index.ts', '--source', `s3://${BUCKET}/records`, '--key-variable', 'POLICY_KEY', ...flags];
  const env = {
    SUBJECT: 'ann',
    POLICY_KEY: KEY,
    AWS_ENDPOINT_URL_S3: gateway.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode!, report: JSON.parse(stdout), stderr }),
    );
  });
}

test('1,100 objects: the lines of one person go, and those of others stay, with the properties of their objects', async () => {
  const keys = Array.from({ length: 1100 }, (_, i) => `records/2026/11/25/10/${String(i).padStart(4, '0')}.jsonl`);
  await Promise.all(keys.map((key, i) => put(key, line(`${i}`, i % 100 === 0 ? 'ann' : 'bob') + line(`x${i}`, 'bob'))));
  const { code, report, stderr } = await erase('--old-versions');
  assert.equal(code, 0, stderr);
  assert.equal(report.linesErased, 2 * 11, 'those of the present objects, and those of their old versions');
  for (const [i, key] of keys.entries()) {
    assert.equal(await get(key), (i % 100 === 0 ? '' : line(`${i}`, 'bob')) + line(`x${i}`, 'bob'));
  }
  const head = await gateway.client.send(new HeadObjectCommand({ Bucket, Key: keys[0] }));
  assert.equal(head.ContentType, 'application/x-ndjson');
  assert.deepEqual(head.Metadata, { team: 'a' });
});

test('a bucket that keeps old versions has the records still, which is told, until they are erased too', async () => {
  await put('records/1.jsonl', line('a', 'ann') + line('b', 'bob'));
  for (const lines of [1, 0]) {
    const { code, report, stderr } = await erase();
    assert.equal(code, 1);
    assert.equal(report.linesErased, lines);
    assert.deepEqual(report.oldVersionsIn, [`s3://${BUCKET}/records`]);
    assert.match(stderr, /--old-versions/);
  }
  const second = await erase('--old-versions');
  assert.equal(second.code, 0, second.stderr);
  const { Versions = [] } = await gateway.client.send(new ListObjectVersionsCommand({ Bucket }));
  const contents = await Promise.all(Versions.map(({ Key, VersionId }) => get(Key!, VersionId)));
  assert.deepEqual(contents, [line('b', 'bob')]);
});
