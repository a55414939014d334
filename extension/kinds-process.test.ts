import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredLine } from '../capture/stored-line.ts';
import type { Stats } from '../capture/wire.ts';
import { type Running, startExtension } from './fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** An extension that has started, and whose batches wait until the end. */
const start = async (env: Record<string, string> = {}) => {
  const extension = await startExtension(stack, { CAPTURE_FLUSH_BUDGET_MS: '0', ...env });
  await extension.lambda.asked(1);
  return extension;
};
/** The next one on the spool of the first, with its S3. */
const startAfter = async ({ spool, s3, child, exited }: Running, env: Record<string, string> = {}) => {
  child.kill('SIGKILL');
  await exited;
  return start({ CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url, ...env });
};
const end = async ({ lambda, exited, lines }: Running) => {
  lambda.shutdown();
  expect(await exited).toBe(0);
  return lines().at(-1)!;
};
async function postLabels({ port }: Running, ...labels: object[]): Promise<{ status: number; body: object }> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/labels`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', connection: 'close' },
    body: labels.map((label) => JSON.stringify(label)).join('\n'),
  });
  return { status: response.status, body: (await response.json()) as object };
}
/** The lines of the objects under a prefix. */
const linesUnder = (prefix: string, { s3 }: Running): StoredLine[] =>
  [...s3.objects].flatMap(([key, text]) =>
    key.includes(`${prefix}/QuestionAnswering/AllTraffic/`)
      ? String(text)
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  );
const truths = (extension: Running) =>
  linesUnder('ground-truth', extension).map(
    (line) => (line as never as { groundTruthData: { data: string } }).groundTruthData.data,
  );

describe('labels', () => {
  test('are acknowledged, counted and delivered under their own prefix; records know nothing of them', async () => {
    const extension = await start();
    expect(await extension.post('a')).toBe(202);
    expect(
      await postLabels(extension, { eventId: 'event of a', data: 'Berlin' }, { inferenceId: 'order-7', data: 'Bonn' }),
    ).toEqual({ status: 202, body: { accepted: 2 } });
    const stats = (await (await fetch(`http://127.0.0.1:${extension.port}/v1/stats`)).json()) as Stats;
    expect(stats).toMatchObject({ received: 1, pending: 1, labels: { received: 2, pending: 2 } });
    expect(await end(extension)).toMatchObject({
      level: 'INFO',
      delivered: 1,
      labels: { received: 2, delivered: 2, pending: 0 },
    });
    expect(truths(extension)).toEqual(['Berlin', 'Bonn']);
    expect(linesUnder('records', extension)).toHaveLength(1);
  });

  test('a line that is no label is refused, and the others are kept', async () => {
    const extension = await start();
    const answer = await postLabels(extension, { eventId: 'a', data: '1' }, { data: 'of nothing' });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_RECORD', details: { accepted: 1, refused: 1, lines: [{ line: 2 }] } } },
    });
    expect(await end(extension)).toMatchObject({
      labels: { received: 2, delivered: 1, dropped: { INVALID_RECORD: 1 } },
    });
  });

  test('outlive the extension, and one that is posted again afterwards is stored once', async () => {
    const label = { eventId: 'a', data: 'Berlin' };
    const first = await start();
    await postLabels(first, label);
    const second = await startAfter(first);
    expect(await postLabels(second, label)).toMatchObject({ status: 202 });
    await postLabels(second, { eventId: 'a', data: 'Bonn' });
    expect(await end(second)).toMatchObject({
      labels: { received: 3, recovered: 1, delivered: 2, dropped: { DUPLICATE: 1 }, pending: 0 },
    });
    expect(truths(first).sort()).toEqual(['Berlin', 'Bonn']);
  });

  test('that somebody destroys are told as lost, and not as records', async () => {
    const extension = await start();
    await postLabels(extension, { eventId: 'a', data: '1' });
    await extension.post('a');
    for (const file of fs.globSync(path.join(extension.spool, '*/ground-truth/**/*.open'))) fs.truncateSync(file);
    await postLabels(extension, { eventId: 'b', data: '2' }, { eventId: 'c', data: '3' });
    expect(await end(extension)).toMatchObject({
      delivered: 1,
      dropped: {},
      labels: { received: 3, delivered: 2, dropped: { VANISHED: 1 } },
    });
    expect(linesUnder('ground-truth', extension)[1]!.inferenceCapture.droppedBefore).toEqual({ VANISHED: 1 });
    expect(linesUnder('records', extension)[0]!.inferenceCapture.droppedBefore).toBeUndefined();
  });

  test('are refused where the configuration is wrong, and counted', async () => {
    const extension = await start({ CAPTURE_LABELS_PREFIX: 'records/labels' });
    expect(await postLabels(extension, { eventId: 'a', data: '1' })).toMatchObject({ status: 503 });
    expect(extension.lines()).toContainEqual(
      expect.objectContaining({ cause: expect.stringContaining('CAPTURE_LABELS_PREFIX: expected') }),
    );
  });
});

describe('payloads that go to an object of their own', () => {
  const CUTTING = { NODE_OPTIONS: `--import=${path.resolve(import.meta.dirname, 'fixtures/with-cutting-policy.mjs')}` };

  test('outlive the extension, and each is in the one object that the line of its record names', async () => {
    const first = await start(CUTTING);
    for (const id of ['a', 'b']) expect(await first.post(id, `the whole of ${id}`)).toBe(202);
    const second = await startAfter(first, CUTTING);
    expect(await second.post('b', 'the whole of b')).toBe(202); // it got no answer the first time
    expect(await second.post('c', 'the whole of c')).toBe(202);
    expect(await end(second)).toMatchObject({
      level: 'INFO',
      delivered: 3,
      pending: 0,
      payloads: { delivered: 3, pending: 0 },
    });
    const records = linesUnder('records', first);
    expect(records).toHaveLength(3);
    for (const { captureData, eventMetadata, inferenceCapture } of records) {
      expect(captureData.endpointInput!.data).toBe('the ');
      const object = first.s3.objects.get(`/bucket/${inferenceCapture.truncated!.input!.object}`);
      const payload: StoredLine = JSON.parse(String(object));
      expect(payload.eventMetadata.eventId).toBe(eventMetadata.eventId);
      expect(payload.captureData.endpointInput!.data).toBe(`the whole of ${eventMetadata.eventId.at(-1)}`);
    }
    expect(linesUnder('payloads', first)).toHaveLength(3);
  });
});
