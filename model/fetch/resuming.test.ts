import { describe, expect, test } from 'vitest';
import { breakOff, firstTimes, folderForEachTest, ONNX } from './fixtures/attempt.ts';
import { ONNX_FILE } from './model-files.ts';

const folder = folderForEachTest();

describe('tries again, and goes on where it broke off', () => {
  test('after an answer of 503', async () => {
    const { error, retries } = await folder.attempt({ fault: firstTimes(2, (reply) => reply.code(503).send()) });
    expect(error).toBeUndefined();
    expect(retries).toHaveLength(2);
    expect(retries[0]).toMatch(/got 503; attempt 2 of 3 in/);
  });

  test('after a body that was cut short', async () => {
    const { error, retries, requests } = await folder.attempt({
      fault: firstTimes(1, (reply) => breakOff(reply, ONNX, 5_000_000)),
    });
    expect(error).toBeUndefined();
    expect(retries[0]).toContain('The download broke off');
    expect(requests.map(({ range }) => range)).toContainEqual(expect.stringMatching(/^bytes=[1-9]\d*-$/));
  });

  test('after a silence', async () => {
    const silent = firstTimes(1, (reply) => {
      reply.hijack();
      return reply;
    });
    const { error, retries } = await folder.attempt({ idleMs: 300, fault: silent });
    expect(error).toBeUndefined();
    expect(retries[0]).toMatch(/Nothing came from .* for 0.3 s/);
  });

  test('in the next run, after all attempts of the first', async () => {
    const first = await folder.attempt({ fault: firstTimes(9, (reply) => breakOff(reply, ONNX, 1_000_000)) });
    expect(first.error).toContain('The download broke off');
    folder.expectNoModel();

    const second = await folder.attempt();
    expect(second.error).toBeUndefined();
    expect(second.requests.filter(({ path }) => path.includes('/resolve/')).map(({ range }) => range)).toEqual([
      expect.stringMatching(/^bytes=[1-9]\d*-$/),
    ]);
    folder.expectFile(ONNX_FILE, ONNX);
  });

  test('anew, where what it went on with was something else', async () => {
    await folder.attempt({ fault: firstTimes(9, (reply) => breakOff(reply, Buffer.alloc(ONNX.length), 1_000_000)) });
    const { error, retries } = await folder.attempt();
    expect(error).toBeUndefined();
    expect(retries).toEqual([expect.stringContaining('what came was thrown away')]);
  });

  test.each([401, 404, 500])('but not without end, nor where it is of no use: %i', async (status) => {
    const { error, retries } = await folder.attempt({
      fault: (stage, _, reply) => (stage === 'api' ? reply.code(status).send() : undefined),
    });
    expect(error).toContain(`got ${status}`);
    expect(retries).toHaveLength(status === 500 ? 2 : 0);
  });
});
