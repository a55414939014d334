import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Running, startExtension } from '../fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** An extension whose batches wait until the end. */
const start = (env: Record<string, string> = {}) => startExtension(stack, { CAPTURE_FLUSH_BUDGET_MS: '0', ...env });
/** Another one with the spool and the S3 of the first. */
const startBeside = ({ spool, s3 }: Running, env: Record<string, string> = {}) =>
  start({ CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url, ...env });
const eventsIn = (text: string) => (text.match(/event of \w+/g) ?? []).sort();
const eventsAtS3 = ({ s3 }: Running) => eventsIn([...s3.objects.values()].join(''));
const end = async ({ lambda, exited, lines }: Running) => {
  lambda.shutdown();
  expect(await exited).toBe(0);
  return lines().at(-1)!;
};
const killed = async ({ child, exited }: Running) => {
  child.kill('SIGKILL');
  await exited;
};

describe('somebody clears /tmp', () => {
  test('under an open segment: its records are written again, and all are delivered', async () => {
    const extension = await start();
    await extension.lambda.asked(1);
    await extension.post('a');
    fs.rmSync(extension.spool, { recursive: true });
    expect(await extension.post('b')).toBe(202);
    expect(await end(extension)).toMatchObject({ level: 'INFO', received: 2, delivered: 2, pending: 0 });
    expect(eventsAtS3(extension)).toEqual(['event of a', 'event of b']);
  });

  test('and what was sealed is delivered too', async () => {
    const extension = await start({ CAPTURE_BATCH_RECORDS: '1' });
    await extension.lambda.asked(1);
    for (const id of ['a', 'b', 'c']) await extension.post(id);
    fs.rmSync(extension.spool, { recursive: true });
    for (const id of ['d', 'e']) expect(await extension.post(id)).toBe(202);
    expect(await end(extension)).toMatchObject({ level: 'INFO', received: 5, delivered: 5, pending: 0 });
    expect(extension.lines().filter(({ message }) => /somebody else removed/.test(String(message)))).toHaveLength(1);
  });

  test('again and again while records come: none is lost', async () => {
    const extension = await start({ CAPTURE_BATCH_RECORDS: '3' });
    await extension.lambda.asked(1);
    const ids = Array.from({ length: 60 }, (_, i) => `r${i}`);
    const clear = () => fs.promises.rm(extension.spool, { recursive: true, force: true }).catch(() => {}); // it grows meanwhile
    for (let i = 0; i < ids.length; i += 4) {
      await Promise.all([clear(), ...ids.slice(i, i + 4).map((id) => extension.post(id)), clear()]);
    }
    const last = await end(extension);
    expect(last).toMatchObject({ received: 60, pending: 0 });
    const refused = (last['dropped'] as Record<string, number>)['SPOOL_UNWRITABLE'] ?? 0;
    expect(eventsAtS3(extension)).toHaveLength(60 - refused);
    expect(last).toMatchObject({ delivered: 60 - refused });
  });

  test('and empties the files first: the records are counted as vanished, and that is told in the data', async () => {
    const extension = await start();
    await extension.lambda.asked(1);
    for (const id of ['a', 'b']) await extension.post(id);
    const open = fs.globSync(path.join(extension.spool, '**/*.open'));
    fs.truncateSync(open[0]!);
    fs.rmSync(extension.spool, { recursive: true });
    for (const id of ['c', 'd']) expect(await extension.post(id)).toBe(202);
    const last = await end(extension);
    expect(last).toMatchObject({ received: 4, pending: 0, dropped: { VANISHED: 2 }, delivered: 2 });
    expect(extension.lines().filter(({ message }) => /somebody else removed/.test(String(message)))).toHaveLength(1);
    expect(eventsAtS3(extension)).toEqual(['event of c', 'event of d']);
    expect([...extension.s3.objects.values()].join('')).toContain('"droppedBefore":{"VANISHED":2}');
  });
});

describe('two extensions on one spool', () => {
  test('neither takes what is the other’s, frozen or not', async () => {
    const first = await start();
    await first.lambda.asked(1);
    await first.post('a');
    first.child.kill('SIGSTOP');
    const second = await startBeside(first);
    await second.lambda.asked(1);
    await second.post('b');
    expect(await end(second)).toMatchObject({ received: 1, recovered: 0, delivered: 1, pending: 0 });
    first.child.kill('SIGCONT');
    expect(await first.post('c')).toBe(202);
    expect(await end(first)).toMatchObject({ received: 2, delivered: 2, pending: 0, dropped: {} });
    expect(eventsAtS3(first)).toEqual(['event of a', 'event of b', 'event of c']);
    expect(fs.readdirSync(first.spool)).toEqual([]);
  });

  test('the next one takes over what either left when it was killed', async () => {
    const first = await start();
    const second = await startBeside(first);
    for (const [extension, id] of [[first, 'a'] as const, [second, 'b'] as const]) {
      await extension.lambda.asked(1);
      await extension.post(id);
      await killed(extension);
    }
    const third = await startBeside(first);
    await third.lambda.asked(1);
    expect(await end(third)).toMatchObject({ received: 2, recovered: 2, delivered: 2 });
    expect(eventsAtS3(first)).toEqual(['event of a', 'event of b']);
    expect(fs.readdirSync(first.spool)).toEqual([]);
  });

  test('many that start at once share what was left, each record once', async () => {
    const first = await start({ CAPTURE_BATCH_RECORDS: '1' });
    await first.lambda.asked(1);
    const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
    for (const id of ids) await first.post(id);
    await killed(first);
    const successors = await Promise.all([startBeside(first), startBeside(first), startBeside(first)]);
    for (const extension of successors) await extension.lambda.asked(1);
    const ends = await Promise.all(successors.map(end));
    expect(ends.reduce((sum, { recovered }) => sum + Number(recovered), 0)).toBe(20);
    expect(eventsAtS3(first)).toEqual(ids.map((id) => `event of ${id}`).sort());
    expect(first.s3.objects.size).toBe(20);
  });

  test('one that finds its port taken leaves the other’s records alone', async () => {
    const first = await start();
    await first.lambda.asked(1);
    await first.post('a');
    const second = await startBeside(first, { CAPTURE_PORT: String(first.port) });
    await second.lambda.asked(1);
    expect(await end(second)).toMatchObject({ received: 0, recovered: 0 });
    await first.post('b');
    expect(await end(first)).toMatchObject({ delivered: 2, dropped: {} });
  });

  test('not even where the path of the spool is long', async () => {
    const { spool } = await start();
    const long = path.join(spool, 'x'.repeat(120));
    const first = await start({ CAPTURE_SPOOL_DIR: long });
    await first.lambda.asked(1);
    await first.post('a');
    const second = await start({ CAPTURE_SPOOL_DIR: long });
    await second.lambda.asked(1);
    expect(await end(second)).toMatchObject({ recovered: 0 });
    await killed(first);
    const third = await start({ CAPTURE_SPOOL_DIR: long });
    await third.lambda.asked(1);
    expect(await end(third)).toMatchObject({ recovered: 1 });
  });

  test('nor in another network namespace, as in containers that share a /tmp', async ({ skip }) => {
    if (spawnSync('unshare', ['--net', 'true']).status !== 0) skip('needs the right to make a network namespace');
    const first = await start();
    await first.lambda.asked(1);
    await first.post('a');
    const code = `import { abandonedFolders } from './extension/spool/own-folder.ts';
      console.log(JSON.stringify(await abandonedFolders(process.argv[1])));`;
    const look = () =>
      JSON.parse(
        spawnSync('unshare', ['--net', process.execPath, '--input-type=module', '-e', code, first.spool], {
          encoding: 'utf8',
        }).stdout,
      ) as string[];
    expect(look()).toEqual([first.spool]);
    await killed(first);
    expect(look()).toHaveLength(2);
  });
});

test('a disk that turns read-only: records are refused, and what is there is delivered', async ({ skip }) => {
  const disk = stack.adopt(fs.mkdtempSync(path.join(tmpdir(), 'read-only-')), (folder) => fs.rmdirSync(folder));
  const mount = (...args: string[]) => spawnSync('mount', [...args, disk]).status === 0;
  if (!mount('-t', 'tmpfs', 'tmpfs')) skip('needs the right to mount');
  stack.defer(() => void spawnSync('umount', ['--lazy', disk]));
  const before = await start({ CAPTURE_SPOOL_DIR: path.join(disk, 'spool') });
  await before.lambda.asked(1);
  await before.post('a');
  await killed(before);
  const extension = await start({ CAPTURE_SPOOL_DIR: path.join(disk, 'spool') });
  await extension.lambda.asked(1);
  expect(mount('-o', 'remount,ro')).toBe(true);
  expect(await extension.post('b')).toBe(503);
  expect(await end(extension)).toMatchObject({
    received: 2,
    delivered: 1,
    pending: 0,
    dropped: { SPOOL_UNWRITABLE: 1 },
  });
  expect(eventsAtS3(extension)).toEqual(['event of a']);
});

test('what is no segment, or cannot be read, is left alone and keeps no record from being recovered', async () => {
  const before = await start();
  await before.lambda.asked(1);
  await before.post('a');
  await killed(before);
  const { spool } = before;
  fs.mkdirSync(path.join(spool, 'folder.jsonl'));
  fs.writeFileSync(path.join(spool, 'folder.jsonl', 'file'), 'of others');
  fs.writeFileSync(path.join(spool, 'notes.jsonl'), '{"of":"others"}\n');
  fs.symlinkSync(path.join(spool, 'notes.jsonl'), path.join(spool, 'link.jsonl'));
  fs.symlinkSync('nowhere', path.join(spool, 'dangling.jsonl'));
  fs.symlinkSync(spool, path.join(spool, 'circle'));
  fs.closeSync(fs.openSync(path.join(spool, 'huge.jsonl'), 'w'));
  fs.truncateSync(path.join(spool, 'huge.jsonl'), 20 * 1024 ** 3);
  const after = await startBeside(before);
  await after.lambda.asked(1);
  expect(await end(after)).toMatchObject({ received: 1, recovered: 1, delivered: 1, pending: 0 });
  expect(eventsAtS3(before)).toEqual(['event of a']);
  expect(await after.logged(/are not segments/)).toMatchObject({ level: 'ERROR', files: 5 });
  expect(
    fs
      .readdirSync(spool)
      .filter((name) => name.endsWith('.jsonl'))
      .sort(),
  ).toEqual(['dangling.jsonl', 'folder.jsonl', 'huge.jsonl', 'link.jsonl', 'notes.jsonl']);
});

test.each(['a"b', 'a\\', '"', '\\"', 'ä\u2028'])('a record whose id is %j is known after a crash', async (eventId) => {
  const before = await start();
  await before.lambda.asked(1);
  expect(await before.post('a', undefined, eventId)).toBe(202);
  await killed(before);
  const after = await startBeside(before);
  await after.lambda.asked(1);
  expect(await after.post('a', undefined, eventId)).toBe(202);
  expect(await end(after)).toMatchObject({ received: 2, delivered: 1, dropped: { DUPLICATE: 1 } });
});
