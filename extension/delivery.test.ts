import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { Counters } from './counters.ts';
import { Delivery } from './delivery.ts';
import type { Sink } from './sinks/sink.ts';
import { Spool } from './spool/spool.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'delivery-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

/** What the sink does at each attempt; from the last one on, always that. */
type Behaviour = 'stores' | 'fails' | 'takes a second and fails' | 'stores, but the answer is lost';

function setUp(behaviours: Behaviour[], segments = 1) {
  let nowMs = 1_000_000;
  const attempts: string[] = [];
  const objects = new Map<string, string>();
  const sink: Sink = {
    name: 's3://bucket',
    async put(key, body) {
      const behaviour = behaviours[Math.min(attempts.push(key), behaviours.length) - 1]!;
      if (behaviour === 'takes a second and fails') nowMs += 1000;
      if (behaviour.startsWith('stores')) objects.set(key, body.toString());
      if (behaviour !== 'stores') throw new Error('503 SlowDown');
    },
  };
  const spool = new Spool({
    dir,
    maxBytes: 10_000,
    batch: { records: 10, bytes: 1000, ageMs: 60_000 },
    scope: { prefix: '', endpoint: 'qa', variant: 'v' },
    now: () => nowMs,
    uuid: randomUUID,
  });
  for (let i = 0; i < segments; i++) {
    spool.append(Buffer.from(`{"n":${i}}\n`), new Date(nowMs + i));
    spool.seal();
  }
  const counters = new Counters();
  const log = vi.fn();
  const sleep = vi.fn(async (ms: number) => {
    nowMs += ms;
  });
  const delivery = new Delivery({ spool, sink, counters, log, now: () => nowMs, sleep, random: () => 1 });
  return {
    delivery,
    spool,
    counters,
    attempts,
    objects,
    log,
    sleep,
    at: (ms: number) => nowMs + ms,
    pass: (ms: number) => (nowMs += ms),
  };
}

test('segments go out oldest first, and leave the spool when they are there', async () => {
  const { delivery, spool, counters, attempts, objects, at } = setUp(['stores'], 3);
  await delivery.deliver(at(500));
  expect(attempts.map((key) => objects.get(key))).toEqual(['{"n":0}\n', '{"n":1}\n', '{"n":2}\n']);
  expect(counters.delivered).toBe(3);
  expect(spool.pending).toBe(0);
});

test('a failed attempt is repeated under the same key after a growing pause', async () => {
  const { delivery, counters, attempts, sleep, log, at } = setUp(['fails', 'fails', 'stores']);
  await delivery.deliver(at(500));
  expect(log).toHaveBeenCalledExactlyOnceWith(
    'WARN',
    expect.stringContaining('all records are delivered'),
    expect.objectContaining({ failures: 2, cause: 'Error: 503 SlowDown' }),
  );
  expect(new Set(attempts).size).toBe(1);
  expect(attempts).toHaveLength(3);
  expect(sleep.mock.calls).toEqual([[50], [100]]);
  expect(counters.delivered).toBe(1);
});

test('an object whose answer was lost is written again as the same object', async () => {
  const { delivery, counters, objects, at } = setUp(['stores, but the answer is lost', 'stores']);
  await delivery.deliver(at(500));
  expect(objects.size).toBe(1);
  expect(counters.delivered).toBe(1);
});

test('an outage costs three attempts, then nothing until the breaker lets one through', async () => {
  const { delivery, spool, attempts, at, pass } = setUp(['fails']);
  await delivery.deliver(at(10_000));
  expect(attempts).toHaveLength(3);
  expect(delivery.ready).toBe(false);
  await delivery.deliver(at(10_000));
  expect(attempts).toHaveLength(3);

  pass(5_000);
  expect(delivery.ready).toBe(true);
  await delivery.deliver(at(10_000));
  expect(attempts).toHaveLength(4);
  expect(spool.pending).toBe(1);
});

test('the last chance is used until the deadline, breaker or not', async () => {
  const { delivery, attempts, at } = setUp(['fails', 'fails', 'fails', 'fails', 'stores']);
  await delivery.deliver(at(0));
  await delivery.deliver(at(10_000), { lastChance: true });
  expect(attempts).toHaveLength(5);
});

test('no attempt begins after the deadline, and none may last longer', async () => {
  const { delivery, attempts, at } = setUp(['takes a second and fails']);
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(1);
  expect(timeout).toHaveBeenCalledWith(500);
});

test('a segment that somebody removed is counted as lost and does not hold up the others', async () => {
  const { delivery, spool, counters, attempts, log, at } = setUp(['stores'], 2);
  fs.rmSync(spool.sealed[0]!.file);
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(1);
  expect(counters).toMatchObject({ delivered: 1, dropped: { VANISHED: 1 } });
  expect(log).toHaveBeenCalledWith('ERROR', expect.any(String), expect.objectContaining({ records: 1 }));
});
