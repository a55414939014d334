import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import { storedLine } from '../capture/stored-line.ts';
import { FaultyS3 } from '../harness/s3.ts';
import { subjectOf } from '../policy/subject.ts';

const KEY = 'a key of the platform team';
const Bucket = 'bucket';
const line = (eventId: string, subject: string) =>
  `${JSON.stringify(
    storedLine(
      {
        record: { ...EXAMPLE_RECORD, eventId },
        marks: { sampleRate: 1, subject: subjectOf(subject, Buffer.from(KEY)) },
      },
      { functionName: 'f', functionVersion: '1' },
    ),
  )}\n`;

let s3: FaultyS3;
let client: S3Client;
beforeEach(async () => {
  s3 = await FaultyS3.start();
  client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(() => s3[Symbol.asyncDispose]());

const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
const get = async (Key: string) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

async function run(args: string[], env: Record<string, string> = {}, stdin = '') {
  const child: ChildProcess = spawn(process.execPath, ['erase/index.ts', ...args], {
    env: {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      POLICY_KEY: KEY,
      ...env,
    },
  });
  child.stdin!.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
  return { stdout, stderr, code };
}

test('the command erases from a bucket below the prefix that is named, and from no other', async () => {
  const both = line('a', 'ann') + line('b', 'bob');
  await put('records/ep/all/1.jsonl', both);
  await put('records-of-others/1.jsonl', both);
  const args = ['--source', 's3://bucket/records', '--key-variable', 'POLICY_KEY'];
  const { stdout, stderr, code } = await run(args, { SUBJECT: '-' }, 'ann\n');
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ complete: true, linesErased: 1, sources: ['s3://bucket/records'] });
  expect(await get('records/ep/all/1.jsonl')).toBe(line('b', 'bob'));
  expect(await get('records-of-others/1.jsonl')).toBe(both);
  expect(stdout + stderr).not.toContain('ann');
});

test('what S3 refuses is told, with status 1, and is done when the command runs again', async () => {
  await put('records/1.jsonl', line('a', 'ann'));
  const args = ['--source', 's3://bucket', '--key-variable', 'POLICY_KEY'];
  s3.behave('stores', 'stores', 'stores', { status: 403, code: 'AccessDenied' }, 'stores'); // list, read twice, and the put
  const failed = await run(args, { SUBJECT: 'ann' });
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('Could not be erased: records/1.jsonl') });
  expect(await run(args, { SUBJECT: 'ann' })).toMatchObject({ code: 0 });
  expect(await get('records/1.jsonl')).toBe('');
});

test.each([
  [[], {}, '--source: expected'],
  [
    ['--source', '/a/folder'],
    { SUBJECT: 'x' },
    '--source: expected s3://bucket/prefix or file:///folder, got "/a/folder"',
  ],
  [['--source', 's3://bucket'], { SUBJECT: 'x' }, 'expected --key-variable, or --subject-hash, got neither'],
  [['--source', 's3://bucket', '--key-variable', 'NO_KEY'], { SUBJECT: 'x' }, "expected the policy's key in NO_KEY"],
  [['--source', 's3://bucket', '--key-variable', 'POLICY_KEY'], {}, 'SUBJECT: expected'],
  [['--source', 's3://bucket', '--subject-hash', 'ann'], {}, '--subject-hash: expected 64 hexadecimal digits'],
  [['--source', 'file:///not-there', '--subject-hash', 'a'.repeat(64)], {}, 'which is not there'],
])('a wrong argument is told with status 2, before anything is read: %j', async (args, env, message) => {
  expect(await run(args, env)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  expect(s3.requests).toEqual([]);
});
