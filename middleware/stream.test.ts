import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTEXT, recording } from './fixtures/recording.ts';
import { httpResponseStream, responseStream } from './fixtures/response-stream.ts';
import { answerOfStream, type Streamed, withStreamCapture } from './stream.ts';

type Stream = ReturnType<typeof responseStream>['stream'];
const EVENT = { question: 'Where do I live?' };

/** Streams to a caller, and captures it. */
async function run(handle: (stream: Stream) => Promise<void>, maxBytes = 1000, context: object = CONTEXT) {
  const { recorder, records, invalid } = recording<object, Streamed, object>({}, answerOfStream);
  const response = responseStream();
  const handler = withStreamCapture((_, stream: Stream) => handle(stream), recorder, maxBytes);
  const [settled] = await Promise.allSettled([handler(EVENT, response.stream, context)]);
  return { settled, records, invalid, ...response };
}

test('what is written goes to the caller as it is, and is captured when the stream ends', async () => {
  const { records, sent } = await run(async (stream) => {
    stream.setContentType?.('text/event-stream');
    stream.write('data: Ber');
    stream.write(Buffer.from('lin\n'));
    stream.end('\n');
  });
  expect(String(sent())).toBe('data: Berlin\n\n');
  expect(records).toMatchObject([
    {
      input: { encoding: 'JSON', data: JSON.stringify(EVENT) },
      output: { contentType: 'text/event-stream', encoding: 'CSV', data: 'data: Berlin\n\n' },
      status: 200,
    },
  ]);
});

test('an HTTP response has the status and the type of its prelude, which is not part of the output', async () => {
  const { records, sent, contentType } = await run(async (stream) => {
    const http = httpResponseStream(stream, { statusCode: 418, headers: { 'Content-Type': 'application/json' } });
    http.write('{"a":1}');
    http.end();
  });
  expect(records).toMatchObject([{ status: 418, output: { contentType: 'application/json', data: '{"a":1}' } }]);
  expect(String(sent())).toBe(
    `{"statusCode":418,"headers":{"Content-Type":"application/json"}}${'\0'.repeat(8)}{"a":1}`,
  );
  expect(contentType()).toBe('application/vnd.awslambda.http-integration-response');
});

test('a pipeline is captured', async () => {
  const { records } = await run(async (stream) => {
    stream.setContentType?.('text/plain');
    await pipeline(Readable.from(['one ', 'two']), stream);
  });
  expect(records[0]!.output.data).toBe('one two');
});

test('a handler that returns while it still streams is captured to the end', async () => {
  const { records } = await run(async (stream) => {
    stream.setContentType?.('text/plain');
    setImmediate(() => stream.end('later'));
  });
  expect(records[0]!.output.data).toBe('later');
});

test.each([
  ['the function has no more time', { getRemainingTimeInMillis: () => 400 }],
  ['nobody knows how much time there is', {}],
])('a stream that does not end is captured as far as it came where %s', async (_, context) => {
  const { records } = await run(async (stream) => void stream.write('{"part":'), 1000, context);
  expect(records[0]!.output).toMatchObject({ encoding: 'BASE64', data: Buffer.from('{"part":').toString('base64') });
});

test('an error is thrown on; the record has status 500 and what was written', async () => {
  const error = new RangeError('too long');
  const { settled, records } = await run(async (stream) => {
    stream.setContentType?.('text/plain');
    stream.write('the beginning');
    throw error;
  });
  expect((settled as PromiseRejectedResult).reason).toBe(error);
  expect(records).toMatchObject([{ status: 500, errorCode: 'RangeError', output: { data: 'the beginning' } }]);
});

test('an error before anything was written has the error as output', async () => {
  const { records } = await run(() => Promise.reject(new RangeError('too long')));
  expect(JSON.parse(records[0]!.output.data)).toEqual({ errorType: 'RangeError', errorMessage: 'too long' });
});

test('a writer may use its buffer again', async () => {
  const { records } = await run(async (stream) => {
    stream.setContentType?.('text/plain');
    const buffer = Buffer.from('once');
    await new Promise<void>((written) => stream.write(buffer, () => written()));
    buffer.fill('x');
    stream.end();
  });
  expect(records[0]!.output.data).toBe('once');
});

test('of any text in any pieces the first bytes are kept, up to a whole character, and the record tells how many there were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.nat(20), async (pieces, maxBytes) => {
      const { records, sent } = await run(async (stream) => {
        stream.setContentType?.('text/plain');
        for (const piece of pieces) stream.write(piece);
        stream.end();
      }, maxBytes);
      const all = Buffer.from(pieces.join(''));
      expect(Buffer.compare(sent(), all)).toBe(0);
      const { output, customAttributes } = records[0]!;
      expect(output.encoding).toBe('CSV'); // so no character was cut in two
      const kept = Buffer.from(output.data);
      expect(all.subarray(0, kept.length).equals(kept)).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(maxBytes);
      expect(kept.length).toBeGreaterThan(Math.min(all.length, maxBytes) - 4);
      const mark = [`capturedOutputBytes=${kept.length}`, `outputBytes=${all.length}`];
      expect(customAttributes).toEqual(kept.length < all.length ? mark : undefined);
    }),
  );
});
