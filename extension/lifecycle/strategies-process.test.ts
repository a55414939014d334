import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Running, startExtension } from '../fixtures/extension-process.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const start = (strategy: string, env: Record<string, string> = {}) =>
  startExtension(stack, { CAPTURE_FLUSH_STRATEGY: strategy, CAPTURE_FLUSH_BUDGET_MS: '600000', ...env });
/** The extension that follows another in the same environment, with the same strategy. */
const startAfter = ({ spool, s3 }: Running, strategy: string) =>
  start(strategy, { CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url });

const events = ({ s3 }: Running) => ([...s3.objects.values()].join('').match(/event of \w+/g) ?? []).sort();
const eventsOf = (ids: readonly string[]) => ids.map((id) => `event of ${id}`).sort();

/** Lets one invocation after another leave a record. @returns how many objects there are after each */
async function invocations({ lambda, s3, post }: Running, ids: readonly string[]): Promise<number[]> {
  const objects: number[] = [];
  await lambda.asked(1);
  for (const [at, id] of ids.entries()) {
    lambda.invoke(id);
    expect(await post(id)).toBe(202);
    await lambda.asked(at + 2);
    objects.push(s3.objects.size);
  }
  return objects;
}

const IDS = ['a', 'b', 'c', 'd'];
/** The objects after each of four invocations that come one upon the other, and at the end. */
const STRATEGIES: [strategy: string, objects: number[], atLast: number][] = [
  ['adaptive', [1, 1, 1, 1], 2], // the first may be the last for long; the others come too fast to wait for
  ['end', [1, 2, 3, 4], 4],
  ['periodically,1', [1, 2, 3, 4], 4],
  ['periodically,3600000', [1, 1, 1, 1], 2],
  ['at-shutdown', [0, 0, 0, 0], 1],
];

describe.each(STRATEGIES)('with CAPTURE_FLUSH_STRATEGY=%s', (strategy, objects, atLast) => {
  test('objects come when the strategy says, and all records by the end of the environment', async () => {
    const extension = await start(strategy);
    expect(await invocations(extension, IDS)).toEqual(objects);
    extension.lambda.shutdown();
    expect(await extension.exited).toBe(0);
    expect(extension.s3.objects.size).toBe(atLast);
    expect(extension.lines().at(-1)).toMatchObject({ level: 'INFO', received: 4, delivered: 4, pending: 0 });
    expect(events(extension)).toEqual(eventsOf(IDS));
  });

  test('what an extension that is killed had acknowledged, the next one delivers by its end', async () => {
    const first = await start(strategy);
    await invocations(first, IDS);
    first.child.kill('SIGKILL');
    await first.exited;
    const next = await startAfter(first, strategy);
    await next.lambda.asked(1);
    next.lambda.shutdown();
    expect(await next.exited).toBe(0);
    expect(events(first)).toEqual(eventsOf(IDS));
    expect(first.s3.objects.size).toBe(atLast);
  });
});

test.each(['periodically,3600000', 'at-shutdown'])(
  'a spool that is short of room is delivered before its time, so that no record is refused: %s',
  async (strategy) => {
    const extension = await start(strategy, { CAPTURE_SPOOL_BYTES: '5000' });
    const ids = Array.from({ length: 12 }, (_, i) => `r${i}`);
    await invocations(extension, ids);
    extension.lambda.shutdown();
    expect(await extension.exited).toBe(0);
    expect(extension.lines().at(-1)).toMatchObject({ level: 'INFO', received: 12, delivered: 12, dropped: {} });
    expect(events(extension)).toEqual(eventsOf(ids));
    expect(extension.s3.objects.size).toBeLessThan(12);
  },
);

test('a batch is finished by count also where it is delivered at shutdown', async () => {
  const extension = await start('at-shutdown', { CAPTURE_BATCH_RECORDS: '3' });
  expect(await invocations(extension, IDS)).toEqual([0, 0, 0, 0]);
  extension.lambda.shutdown();
  expect(await extension.exited).toBe(0);
  expect(extension.s3.objects.size).toBe(2);
});

test.each([
  ['end', true],
  ['periodically,1', true],
  ['at-shutdown', false],
])('in an environment that is never frozen a timer stands for the invocations: %s', async (strategy, delivers) => {
  const { lambda, s3, post, exited } = await start(strategy, {
    AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances',
  });
  await lambda.asked(1);
  await post('a');
  while (delivers && s3.requests.length === 0) await post('a');
  expect(s3.requests.length > 0).toBe(delivers);
  lambda.shutdown();
  expect(await exited).toBe(0);
  expect(s3.objects.size).toBe(1);
});

test('a strategy that is none is a wrong configuration: the function goes on, and the log says what was expected', async () => {
  const { lambda, logged, exited } = await start('never');
  await lambda.asked(1);
  expect(await logged(/wrong configuration/)).toMatchObject({
    cause: expect.stringContaining('CAPTURE_FLUSH_STRATEGY: expected "adaptive", "end", "periodically,MS"'),
  });
  lambda.shutdown();
  expect(await exited).toBe(0);
});
