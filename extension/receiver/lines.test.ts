import { describe, expect, onTestFinished, test } from 'vitest';
import { createConnection } from '../../capture/connection.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { startExtension } from '../fixtures/extension-process.ts';
import type { Intake } from '../intake/intake.ts';
import { startReceiver, TAKING } from './fixtures/receiving.ts';

test('an NDJSON body is a record a line', async () => {
  const { call, onRecord } = await startReceiver();
  expect(await call('POST', '/v1/records', '{"a":1}\n\n{"b":2}\n', 'application/x-ndjson')).toMatchObject({
    body: { accepted: 2 },
  });
  expect(onRecord.mock.calls.flat()).toEqual(['request of {"a":1}', 'request of {"b":2}']);
});

describe('lines that are refused', () => {
  const refusing = (refused: Record<string, 'INVALID_JSON' | 'INVALID_RECORD' | 'SPOOL_FULL'>): Intake => ({
    take: (text) =>
      typeof text === 'string' && refused[text]
        ? { accepted: false, code: refused[text], message: `no ${text}` }
        : TAKING.take(text),
    close: () => {},
  });

  test('are told with their numbers, and the others are taken', async () => {
    const { call, onRecord } = await startReceiver(refusing({ b: 'INVALID_RECORD', d: 'INVALID_JSON' }));
    expect(await call('POST', '/v1/records', 'a\n\nb\nc\nd\ne', 'application/x-ndjson')).toEqual({
      status: 400,
      body: {
        error: {
          code: 'INVALID_RECORD',
          message: 'no b',
          details: {
            accepted: 3,
            refused: 2,
            lines: [
              { line: 3, code: 'INVALID_RECORD', message: 'no b' },
              { line: 5, code: 'INVALID_JSON', message: 'no d' },
            ],
          },
        },
      },
    });
    expect(onRecord.mock.calls.flat()).toEqual(['request of a', 'request of c', 'request of e']);
  });

  test('because there is no room now make the whole answer one that asks for the body again', async () => {
    const { call } = await startReceiver(refusing({ a: 'INVALID_JSON', b: 'SPOOL_FULL' }));
    expect(await call('POST', '/v1/records', 'a\nb\nc', 'application/x-ndjson')).toMatchObject({
      status: 503,
      body: { error: { code: 'SPOOL_FULL', details: { accepted: 1, refused: 2 } } },
    });
  });

  test('are all counted, and the first hundred told', async () => {
    const { call } = await startReceiver(refusing({ a: 'INVALID_JSON' }));
    expect(await call('POST', '/v1/records', 'a\n'.repeat(1000), 'application/x-ndjson')).toMatchObject({
      body: { error: { details: { accepted: 0, refused: 1000, lines: { length: 100 } } } },
    });
  });
});

test('a body of lines sent again after a refusal counts each record once', async () => {
  await using stack = new AsyncDisposableStack();
  const extension = await startExtension(stack);
  await extension.lambda.asked(1);
  const line = (eventId: string) => JSON.stringify({ ...EXAMPLE_RECORD, eventId });
  const body = [line('a'), '{"eventId":"b"', line('c'), '{}', line('d')].join('\n');
  const url = `http://127.0.0.1:${extension.port}/v1`;
  const headers = { 'content-type': 'application/x-ndjson', connection: 'close' };
  const post = async () => (await fetch(`${url}/records`, { method: 'POST', headers, body })).json();

  const first = await post();
  expect(first).toMatchObject({ error: { details: { accepted: 3, refused: 2, lines: [{ line: 2 }, { line: 4 }] } } });
  expect(await post()).toEqual(first);
  const stats = await (await fetch(`${url}/stats`, { headers: { connection: 'close' } })).json();
  expect(stats).toMatchObject({
    received: 10,
    pending: 3,
    dropped: { INVALID_JSON: 1, INVALID_RECORD: 1, DUPLICATE: 5 },
    leftOut: { NOT_SAMPLED: 0, RATE_LIMITED: 0 },
  });
});

test('while a body of many lines is taken, others have their turn', async () => {
  let lines = 0;
  let answeredAfter: number | undefined;
  const { call, port } = await startReceiver({
    take(text) {
      lines += 1;
      if (lines === 10) void connection.post('{}', 5000).then(() => (answeredAfter = lines));
      return TAKING.take(text);
    },
    close: () => {},
  });
  const connection = createConnection(port);
  onTestFinished(() => connection.close());
  await connection.post('{}', 5000);
  await call('POST', '/v1/records', `${'x'.repeat(1000)}\n`.repeat(16_000), 'application/x-ndjson');
  expect(answeredAfter).toBeLessThan(16_000);
});
