import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PolicyDocument } from '../../policy/document.ts';
import { PolicyFault } from './policy-failure.ts';
import { PolicyHolder } from './policy-holder.ts';
import { PolicyLoader } from './policy-loader.ts';
import type { PolicyText } from './policy-source.ts';

const RIGHT = '{"version": 1}';
const WRONG = '{"version": 2}';
const IN_SECRET = '{"version": 1, "key": {"secret": "a"}, "onError": "metadata"}';
const REFRESH_MS = 300_000;

const log = vi.fn();
beforeEach(() => {
  log.mockReset();
});
const logged = () => log.mock.calls.map(([level, message]) => `${level} ${message}`);

/** What a source answers: a document with its ETag, that it has not changed, or a failure. */
type Answer = PolicyText | 'unchanged' | Error | 'never';
const slowDown = Object.assign(new Error('slow down'), { name: 'SlowDown' });
const noSuchKey = Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
const document = (text: string, etag = text): PolicyText => ({ text, etag });

/** A loader whose source gives these answers, one after the other, and the last one from there on. */
function setUp(answers: Answer[], { changes = true, refreshMs = REFRESH_MS } = {}) {
  let nowMs = 0;
  const asked: { known: string | undefined; signal: AbortSignal }[] = [];
  const written: PolicyText[] = [];
  const holder = new PolicyHolder({ onError: 'nothing', log, sleep: () => new Promise(() => {}) });
  const keyOf = vi.fn(async (_: PolicyDocument, __: AbortSignal): Promise<Buffer | undefined> => undefined);
  const sleep = vi.fn(async (_: number) => {});
  const loader = new PolicyLoader({
    ...{ holder, refreshMs, log, keyOf, sleep },
    source: {
      ...{ name: 'a source', changes },
      async read(known, signal) {
        asked.push({ known, signal });
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        if (answer instanceof Error) throw answer;
        return answer === 'never' ? new Promise(() => {}) : answer;
      },
    },
    cache: { read: () => undefined, write: (text) => void written.push(text) },
    ageNow: () => nowMs,
    random: () => 1,
  });
  /** Looks, so many milliseconds later, and lets everything happen that does not wait for time. */
  async function look(laterMs = 0): Promise<void> {
    nowMs += laterMs;
    loader.look();
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  return { loader, holder, asked, written, keyOf, sleep, look };
}

describe('a document that is on this machine', () => {
  test('is in force when it is opened, and never looked for again', async () => {
    const { loader, holder, asked, look } = setUp([new Error('asked')], { changes: false });
    await loader.open(() => document(RIGHT));
    expect(holder.status()).toMatchObject({ state: 'ready' });
    await look(1e9);
    expect(asked).toEqual([]);
  });

  test.each<[string, () => PolicyText | undefined]>([
    ['is wrong', () => document(WRONG)],
    [
      'cannot be read',
      () => {
        throw new PolicyFault('no file', { wrong: true, remedy: 'make one' });
      },
    ],
  ])('that %s has failed when it is opened, and is never looked for again', async (_, read) => {
    const { loader, holder, asked, look } = setUp([new Error('asked')], { changes: false });
    await loader.open(read);
    expect(holder.status()).toMatchObject({ state: 'failed' });
    await look(1e9);
    expect(asked).toEqual([]);
    expect(logged()).toEqual(['ERROR there is no policy: no record is stored until there is one']);
  });

  test('whose key is elsewhere waits for the first look, and what it says of failures holds at once', async () => {
    const { loader, holder, keyOf, look } = setUp([document(IN_SECRET)], { changes: false });
    await loader.open(() => document(IN_SECRET));
    expect(keyOf).not.toHaveBeenCalled();
    expect(holder.state).toEqual({ kind: 'loading', onError: 'metadata' });
    keyOf.mockResolvedValue(Buffer.alloc(16));
    await look();
    expect(holder.status()).toMatchObject({ state: 'ready' });
  });

  test('but was fetched by an earlier process is in force, and its source is asked at once whether it has changed', async () => {
    const { loader, holder, asked, look } = setUp(['unchanged']);
    await loader.open(() => document(RIGHT, 'etag'));
    expect(holder.status()).toMatchObject({ state: 'ready' });
    await look();
    await look();
    expect(asked.map(({ known }) => known)).toEqual(['etag']);
  });

  test('and was spoilt since an earlier process fetched it is no failure: the source has it', async () => {
    const { loader, holder, look } = setUp([document(RIGHT)]);
    await loader.open(() => document(WRONG));
    expect(holder.status()).toEqual({ state: 'loading' });
    await look();
    expect(holder.status()).toMatchObject({ state: 'ready' });
  });
});

describe('a document elsewhere', () => {
  test('is looked for at the first look, once, and kept for later processes', async () => {
    const { loader, holder, asked, written, look } = setUp([document(RIGHT)]);
    await loader.open(() => undefined);
    expect(holder.status()).toEqual({ state: 'loading' });
    await look();
    await look();
    expect(asked).toHaveLength(1);
    expect(written).toEqual([document(RIGHT)]);
    expect(logged()).toEqual(['INFO the policy is in force']);
  });

  test('is looked for again when it is due, with the ETag that is known', async () => {
    const { asked, written, look } = setUp([document(RIGHT), 'unchanged', document(`${RIGHT} `)]);
    await look();
    await look(REFRESH_MS - 1);
    expect(asked).toHaveLength(1);
    await look(1);
    await look(REFRESH_MS);
    expect(asked.map(({ known }) => known)).toEqual([undefined, RIGHT, RIGHT]);
    expect(written.map(({ text }) => text)).toEqual([RIGHT, `${RIGHT} `]);
  });

  test('is looked for by one attempt at a time', async () => {
    const { asked, look } = setUp(['never']);
    for (let looks = 0; looks < 5; looks++) await look(1);
    expect(asked).toHaveLength(1);
  });

  test('is looked for anew where a freeze has cut the attempts, and those are given up', async () => {
    const { holder, asked, look } = setUp(['never', document(RIGHT)]);
    await look();
    await look(10_000);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(holder.status()).toMatchObject({ state: 'ready' });
  });
});

describe('a failure that passes', () => {
  test('is tried again three times, with longer and longer waits; then the breaker waits', async () => {
    const { asked, sleep, look } = setUp([slowDown]);
    await look();
    expect(asked).toHaveLength(3);
    expect(sleep.mock.calls).toEqual([[200], [400]]);
    await look(499);
    expect(asked).toHaveLength(3);
    await look(1);
    expect(asked).toHaveLength(6);
  });

  test('never waits longer than a minute, however often it comes', async () => {
    const { asked, look } = setUp([slowDown]);
    for (let looks = 0; looks < 20; looks++) await look(60_000);
    expect(asked).toHaveLength(60);
    expect(logged()).toEqual(['ERROR there is no policy: no record is stored until there is one']);
  });

  test('is over with the first success', async () => {
    const { holder, asked, look } = setUp([slowDown, slowDown, document(RIGHT)]);
    await look();
    expect(asked).toHaveLength(3);
    expect(holder.status()).toMatchObject({ state: 'ready' });
    expect(logged()).toEqual(['INFO the policy is in force']);
  });
});

test('a failure that does not pass is tried once a minute', async () => {
  const { asked, look } = setUp([noSuchKey]);
  await look();
  await look(59_999);
  expect(asked).toHaveLength(1);
  await look(1);
  expect(asked).toHaveLength(2);
  expect(logged()).toHaveLength(1);
});

describe('a policy that is in force stays so', () => {
  test.each<[string, Answer, string]>([
    [
      'the next one is wrong',
      document(WRONG),
      'ERROR the new version of the policy is wrong: the version before it stays in force',
    ],
    ['it is gone', noSuchKey, 'WARN the policy cannot be loaded again: the version before stays in force'],
    [
      'its place does not answer',
      slowDown,
      'WARN the policy cannot be loaded again: the version before stays in force',
    ],
  ])('when %s, which the log tells once', async (_, answer, line) => {
    const { holder, written, look } = setUp([document(RIGHT), answer]);
    await look();
    const before = holder.status();
    for (let looks = 0; looks < 3; looks++) await look(REFRESH_MS);
    expect(holder.status()).toEqual(before);
    expect(written).toHaveLength(1);
    expect(logged()).toEqual(['INFO the policy is in force', line]);
  });

  test('and the log tells when it can be loaded again', async () => {
    const { look } = setUp([document(RIGHT), noSuchKey, 'unchanged', noSuchKey]);
    for (let looks = 0; looks < 4; looks++) await look(REFRESH_MS);
    const again = 'WARN the policy cannot be loaded again: the version before stays in force';
    expect(logged()).toEqual([
      ...['INFO the policy is in force', again],
      ...['INFO the policy can be loaded again, and has not changed', again],
    ]);
  });

  test('when a wrong one has come, that is not read again, and the one that mends it is taken', async () => {
    const { holder, asked, look } = setUp([document(RIGHT), document(WRONG), 'unchanged', document(`${RIGHT}\n`)]);
    await look();
    const before = holder.status();
    for (let looks = 0; looks < 3; looks++) await look(REFRESH_MS);
    expect(asked.map(({ known }) => known)).toEqual([undefined, RIGHT, WRONG, WRONG]);
    expect(holder.status()).toMatchObject({ state: 'ready' });
    expect(holder.status()).not.toEqual(before);
    expect(logged().filter((line) => line.startsWith('ERROR'))).toHaveLength(1);
  });
});

test('a wrong one that is still there after a failure of its place is still wrong, and is asked for once a minute', async () => {
  const { holder, asked, look } = setUp([document(WRONG), noSuchKey, 'unchanged']);
  for (let looks = 0; looks < 3; looks++) await look(60_000);
  expect(asked.map(({ known }) => known)).toEqual([undefined, WRONG, WRONG]);
  for (let looks = 0; looks < 6; looks++) await look(10_000);
  expect(asked).toHaveLength(4);
  expect(holder.status()).toMatchObject({ state: 'failed', cause: expect.stringContaining('version') });
  expect(logged()).toHaveLength(3);
});

test('a document that is right without the key that it names is loaded again, as the key may come', async () => {
  const { holder, keyOf, asked, look } = setUp([document(IN_SECRET)]);
  keyOf.mockRejectedValueOnce(new PolicyFault('too short', { wrong: false, remedy: 'put a longer one there' }));
  await look();
  expect(holder.status()).toEqual({ state: 'failed', cause: 'too short' });
  await look(60_000);
  expect(asked.map(({ known }) => known)).toEqual([undefined, undefined]);
  expect(holder.status()).toMatchObject({ state: 'ready' });
});
