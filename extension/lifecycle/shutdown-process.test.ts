import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startExtension } from '../fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const start = (env?: Record<string, string>) => startExtension(stack, env);

describe('the end of the environment', () => {
  test('with CAPTURE_LAST_RESORT=log even an S3 that hangs loses nothing, within the time', async () => {
    const { lambda, s3, lines, post, exited } = await start({ CAPTURE_LAST_RESORT: 'log' });
    s3.behave('hangs');
    await lambda.asked(1);
    await post('small');
    await post('large', '漢'.repeat(200_000));
    const startedMs = performance.now();
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    const parts = lines().filter(({ message }) => message === 'a record that could not be delivered');
    expect(parts.map(({ line, part, parts }) => [line, part, parts])).toEqual([
      [1, 1, 1],
      [2, 1, 3],
      [2, 2, 3],
      [2, 3, 3],
    ]);
    const texts = [
      parts[0]!['text'],
      parts
        .slice(1)
        .map(({ text }) => text)
        .join(''),
    ];
    expect(texts.map((text) => JSON.parse(String(text)).eventMetadata.eventId)).toEqual([
      'event of small',
      'event of large',
    ]);
    expect(lines().at(-1)).toMatchObject({ level: 'ERROR', received: 2, delivered: 0, logged: 2, pending: 0 });
    expect(lines().at(-2)).toMatchObject({ received: 2, logged: 2, _aws: expect.anything() });
  });

  test('many segments go out side by side', async () => {
    const { lambda, s3, lines, post, exited } = await start({ CAPTURE_BATCH_RECORDS: '1' });
    await lambda.asked(1);
    for (let i = 0; i < 20; i++) await post(String(i));
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(s3.objects.size).toBe(20);
    expect(s3.sockets.size).toBeGreaterThan(1);
    expect(lines().at(-1)).toMatchObject({ level: 'INFO', received: 20, delivered: 20, leftOut: {}, pending: 0 });
  });
});

describe('a wall clock that is set', () => {
  const HOUR_MS = 3_600_000;
  const WAYS = [
    ['forwards', -HOUR_MS],
    ['back', HOUR_MS],
  ] as const;

  test.each(WAYS)('by an hour %s before the end: all is delivered', async (_, aheadMs) => {
    const { lambda, lines, post, exited } = await start({ CAPTURE_FLUSH_BUDGET_MS: '0' });
    await lambda.asked(1);
    await post('a');
    lambda.aheadMs = aheadMs;
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(lines().at(-1)).toMatchObject({ level: 'INFO', delivered: 1, pending: 0 });
  });

  test.each(WAYS)('by an hour %s before an invocation: its record is delivered after it', async (_, aheadMs) => {
    const { lambda, s3, post } = await start({ CAPTURE_FLUSH_BUDGET_MS: '2000' });
    await lambda.asked(1);
    lambda.aheadMs = aheadMs;
    lambda.invoke('a');
    await post('a');
    await lambda.asked(2);
    expect(s3.objects.size).toBe(1);
  });

  // Each time that it is read it is an hour further, or an hour back.
  const running = (ms: number) =>
    `--import=data:text/javascript,${encodeURIComponent(`const { now } = Date; let steps = 0; Date.now = () => now() + ++steps * ${ms};`)}`;

  test.each(WAYS)('again and again %s: batches grow old as ever, and the rest goes at the end', async (_, stepMs) => {
    const { lambda, s3, lines, post, exited } = await start({
      NODE_OPTIONS: running(-stepMs),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances',
      CAPTURE_BATCH_AGE_MS: '1',
    });
    await lambda.asked(1);
    await post('a');
    while (s3.requests.length === 0) await post('b');
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(lines().at(-1)).toMatchObject({ level: 'INFO', pending: 0, dropped: { DUPLICATE: expect.any(Number) } });
    expect(
      [...s3.objects.values()]
        .join('')
        .match(/event of \w/g)!
        .sort(),
    ).toEqual(['event of a', 'event of b']);
  });
});
