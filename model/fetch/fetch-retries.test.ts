import { afterEach, beforeEach, expect, test } from 'vitest';
import { breakOff, firstTimes, ONNX, Place } from './fixtures/attempt.ts';
import { ONNX_FILE } from './model-files.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

test('an answer of 503 is followed by another attempt', async () => {
  const { error, retries } = await place.attempt({ fault: firstTimes(2, (reply) => reply.code(503).send()) });
  expect(error).toBeUndefined();
  expect(retries).toHaveLength(2);
  expect(retries[0]).toMatch(/got 503; attempt 2 of 3 in/);
});

test('a body that is cut short is continued where it broke off', async () => {
  const { error, retries, requests } = await place.attempt({
    fault: firstTimes(1, (reply) => breakOff(reply, ONNX, 5_000_000)),
  });
  expect(error).toBeUndefined();
  expect(retries[0]).toContain('The download broke off');
  expect(requests.map(({ range }) => range)).toContainEqual(expect.stringMatching(/^bytes=[1-9]\d*-$/));
});

test('a hub that sends nothing is asked again', async () => {
  const silent = firstTimes(1, (reply) => {
    reply.hijack();
    return reply;
  });
  const { error, retries } = await place.attempt({ idleMs: 300, fault: silent });
  expect(error).toBeUndefined();
  expect(retries[0]).toMatch(/Nothing came from .* for 0.3 s/);
});

test('the next run continues where the last attempt of the first broke off', async () => {
  const first = await place.attempt({ fault: firstTimes(9, (reply) => breakOff(reply, ONNX, 1_000_000)) });
  expect(first.error).toContain('The download broke off');
  place.expectNoModel();

  const second = await place.attempt();
  expect(second.error).toBeUndefined();
  expect(second.requests.filter(({ path }) => path.includes('/resolve/')).map(({ range }) => range)).toEqual([
    expect.stringMatching(/^bytes=[1-9]\d*-$/),
  ]);
  place.expectFile(ONNX_FILE, ONNX);
});

test('a download whose parts do not fit together starts from the beginning', async () => {
  await place.attempt({ fault: firstTimes(9, (reply) => breakOff(reply, Buffer.alloc(ONNX.length), 1_000_000)) });
  const { error, retries } = await place.attempt();
  expect(error).toBeUndefined();
  expect(retries).toEqual([expect.stringContaining('the download was removed')]);
});

test.each([401, 404, 500])('attempts are limited, and a refusal is final: %i', async (status) => {
  const { error, retries } = await place.attempt({
    fault: (stage, _, reply) => (stage === 'api' ? reply.code(status).send() : undefined),
  });
  expect(error).toContain(`got ${status}`);
  expect(retries).toHaveLength(status === 500 ? 2 : 0);
});
