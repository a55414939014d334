import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { PolicyFault } from './policy-failure.ts';
import { PolicyHolder } from './policy-holder.ts';
import { PolicyLoader } from './policy-loader.ts';
import type { PolicyText } from './policy-source.ts';

const text = (name: string): PolicyText => ({
  text: JSON.stringify({ version: 1, redaction: [{ name, detect: 'all' }] }),
  etag: `"${name}"`,
});
const WRONG: PolicyText = { text: '{"version": 2}', etag: '"wrong"' };
const SECRET: PolicyText = {
  text: JSON.stringify({ version: 1, onError: 'metadata', key: { secret: 'a' }, subjectKey: 'inferenceId' }),
};
const named = (name: string) => Object.assign(new Error(name), { name });
const never = new Promise<never>(() => {});

type Read = PolicyText | 'unchanged' | Error | Promise<never>;

/** A loader whose source gives these one after the other, the last one again and again. */
function setUp(reads: Read[], { changes = true, copy = undefined as PolicyText | undefined } = {}) {
  const told: string[] = [];
  const log = (level: string, message: string, fields: Record<string, unknown> = {}) => {
    told.push(`${level} ${message}`);
    if (level !== 'INFO') expect(fields).toMatchObject({ cause: expect.any(String), remedy: expect.any(String) });
  };
  let nowMs = 1_000_000;
  const sleep = vi.fn(async (_ms: number) => {});
  const holder = new PolicyHolder({ onError: 'nothing', log, sleep });
  const known: (string | undefined)[] = [];
  const keys: (Buffer | Error)[] = [];
  const cache = { read: () => copy, write: vi.fn() };
  const loader = new PolicyLoader({
    holder,
    source: {
      name: 's3://bucket/policy',
      changes,
      async read(etag) {
        known.push(etag);
        const read = await (reads.length > 1 ? reads.shift()! : reads[0]!);
        if (read instanceof Error) throw read;
        return read;
      },
    },
    cache,
    async keyOf({ key }) {
      const next = key === undefined ? undefined : (keys.shift() ?? Buffer.alloc(16));
      if (next instanceof Error) throw next;
      return next;
    },
    refreshMs: 60_000,
    log,
    ageNow: () => nowMs,
    sleep,
    random: () => 1,
  });
  /** An event comes so many milliseconds later, and what it begins comes to its end. */
  async function event(afterMs = 0): Promise<void> {
    nowMs += afterMs;
    loader.look();
    for (let i = 0; i < 20; i++) await turn();
  }
  return { loader, holder, told, known, keys, cache, sleep, event };
}
const isReady = ({ holder }: ReturnType<typeof setUp>) => holder.status()?.state === 'ready';

describe('a document on this machine', () => {
  test('is in force at once, and never looked at again', async () => {
    const world = setUp([text('a')], { changes: false });
    await world.loader.open(() => text('a'));
    expect(isReady(world)).toBe(true);
    for (let i = 0; i < 3; i++) await world.event(1e9);
    expect(world.known).toEqual([]);
  });

  test('that is wrong has failed for good, and that is said once', async () => {
    const world = setUp([WRONG], { changes: false });
    await world.loader.open(() => WRONG);
    for (let i = 0; i < 3; i++) await world.event(1e9);
    expect(world.known).toEqual([]);
    expect(world.told).toEqual(['ERROR there is no policy: no record is stored until there is one']);
  });

  test('whose key is elsewhere waits for the first event, and for the key as long as that takes', async () => {
    const world = setUp([SECRET], { changes: false });
    world.keys.push(
      named('ResourceNotFoundException'),
      new PolicyFault('short', { wrong: false, remedy: 'a longer one' }),
    );
    await world.loader.open(() => SECRET);
    expect(world.holder.status()).toEqual({ state: 'loading' });
    await world.event();
    expect(world.holder.status()).toMatchObject({ state: 'failed' });
    await world.event(59_999);
    await world.event(1);
    await world.event(60_000);
    expect(isReady(world)).toBe(true);
    expect(world.told).toEqual([
      'ERROR there is no policy: records are stored without their payloads until there is one',
      'ERROR there is no policy: records are stored without their payloads until there is one',
      'INFO the policy is in force',
    ]);
  });
});

describe('a document in S3', () => {
  test('is loaded with the first event, kept on disk, and asked about with its ETag when it is time', async () => {
    const world = setUp([text('a'), 'unchanged', text('b')]);
    await world.loader.open(() => undefined);
    await world.event();
    expect(isReady(world)).toBe(true);
    expect(world.cache.write).toHaveBeenCalledExactlyOnceWith(text('a'));
    const before = world.holder.status();
    await world.event(59_999);
    await world.event(1);
    expect(world.holder.status()).toEqual(before);
    await world.event(60_000);
    expect(world.holder.status()).not.toEqual(before);
    expect(world.cache.write).toHaveBeenLastCalledWith(text('b'));
    expect(world.known).toEqual([undefined, '"a"', '"a"']);
    expect(world.told).toEqual(['INFO the policy is in force', 'INFO the policy is in force']);
  });

  test('of a process before this one is in force at once, and S3 is asked about it with the first event', async () => {
    const world = setUp(['unchanged'], { copy: text('a') });
    await world.loader.open(world.cache.read);
    expect(isReady(world)).toBe(true);
    await world.event();
    expect(world.known).toEqual(['"a"']);
    await world.event(59_999);
    expect(world.known).toHaveLength(1);
  });

  test('of a process before this one that this one does not understand counts for nothing', async () => {
    const world = setUp([text('a')], { copy: WRONG });
    await world.loader.open(world.cache.read);
    expect([world.holder.status(), world.told]).toEqual([{ state: 'loading' }, []]);
    await world.event();
    expect(world.known).toEqual([undefined]);
    expect(isReady(world)).toBe(true);
  });

  test('that is out of reach for a moment is tried three times with growing pauses', async () => {
    const world = setUp([named('TimeoutError'), named('SlowDown'), text('a')]);
    await world.event();
    expect(isReady(world)).toBe(true);
    expect(world.sleep.mock.calls).toEqual([[200], [400]]);
    expect(world.told).toEqual(['INFO the policy is in force']);
  });

  test('that stays out of reach is tried again with later events, ever more rarely, and told of once', async () => {
    const world = setUp([named('TimeoutError')]);
    const attempts: number[] = [];
    for (const afterMs of [0, 499, 1, 999, 1, 1999, 1]) {
      const before = world.known.length;
      await world.event(afterMs);
      attempts.push(world.known.length - before);
    }
    expect(attempts).toEqual([3, 0, 3, 0, 3, 0, 3]);
    expect(world.told).toEqual(['ERROR there is no policy: no record is stored until there is one']);
  });

  test.each(['NoSuchKey', 'NoSuchBucket', 'AccessDenied'])(
    'that cannot be had is not tried at once again: %s',
    async (name) => {
      const world = setUp([named(name), text('a')]);
      await world.event();
      await world.event(59_999);
      expect(world.known).toHaveLength(1);
      await world.event(1);
      expect(isReady(world)).toBe(true);
      expect(world.told).toEqual([
        'ERROR there is no policy: no record is stored until there is one',
        'INFO the policy is in force',
      ]);
    },
  );

  test('that is wrong is not read again until it changes', async () => {
    const world = setUp([WRONG, 'unchanged', 'unchanged', text('a')]);
    for (const afterMs of [0, 1, 60_000, 1, 60_000, 60_000]) await world.event(afterMs);
    expect(world.known).toEqual([undefined, '"wrong"', '"wrong"', '"wrong"']);
    expect(world.told).toEqual([
      'ERROR there is no policy: no record is stored until there is one',
      'INFO the policy is in force',
    ]);
  });

  test('leaves the version in force where a later one is wrong, and where that is put right again', async () => {
    const world = setUp([text('a'), WRONG, 'unchanged', text('a')]);
    await world.event();
    const before = world.holder.status();
    for (let i = 0; i < 3; i++) {
      await world.event(60_000);
      expect(world.holder.status()).toEqual(before);
    }
    expect(world.cache.write).not.toHaveBeenCalledWith(WRONG);
    expect(world.told).toEqual([
      'INFO the policy is in force',
      'ERROR the new version of the policy is wrong: the version before it stays in force',
      'INFO the policy is in force',
    ]);
  });

  test.each([
    ['deleted', 'NoSuchKey'],
    ['forbidden', 'AccessDenied'],
    ['out of reach', 'TimeoutError'],
  ])('leaves the version in force where it is %s later, which is told of once', async (_, name) => {
    const world = setUp([
      text('a'),
      ...Array.from({ length: name === 'TimeoutError' ? 6 : 2 }, () => named(name)),
      'unchanged',
    ]);
    for (const afterMs of [0, 60_000, 60_000, 60_000]) {
      await world.event(afterMs);
      expect(isReady(world)).toBe(true);
    }
    expect(world.told).toEqual([
      'INFO the policy is in force',
      'WARN the policy cannot be loaded again: the version before stays in force',
      'INFO the policy can be loaded again, and has not changed',
    ]);
  });

  test('is asked for anew where a freeze has cut the attempt, whose end then counts for nothing', async () => {
    let answer = (_: Read) => {};
    const late = new Promise<Read>((resolve) => (answer = resolve)) as Promise<never>;
    const world = setUp([late, text('b')]);
    await world.event();
    await world.event(9_999);
    expect(world.known).toHaveLength(1);
    await world.event(1);
    const after = world.holder.status();
    expect(isReady(world)).toBe(true);
    answer(text('a'));
    await world.event();
    expect(world.holder.status()).toEqual(after);
    expect(world.known).toHaveLength(2);
  });

  test('is waited for by nobody: an event only begins to load it', () => {
    const world = setUp([never]);
    expect(world.loader.look()).toBeUndefined();
    expect(world.holder.status()).toEqual({ state: 'loading' });
  });
});
