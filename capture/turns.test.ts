import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTurns, type Turn } from './turns.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LIMITS = { atOnce: 3, largeAtOnce: 1, largeBytes: 10, waiting: 5, waitingBytes: 60 };

/** What one asked for, and what he got. */
interface Asked {
  bytes: number;
  large: boolean;
  untilMs: number;
  outcome?: Turn | 'timeout' | 'queue_full';
  endedMs?: number;
}

const step = fc.oneof(
  fc.record({ take: fc.constantFrom(1, 10, 11, 40), withinMs: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ end: fc.nat() }),
  fc.record({ passMs: fc.integer({ min: 1, max: 30 }) }),
);

test('never too many at once, first come first served, and everybody gets an answer in time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const turns = createTurns(LIMITS);
      const all: Asked[] = [];
      let nowMs = 0;
      const running = () => all.filter(({ outcome }) => typeof outcome === 'object');
      const waiting = () => all.filter(({ outcome, endedMs }) => outcome === undefined && endedMs === undefined);
      const pass = async (ms: number) => {
        nowMs += ms;
        await vi.advanceTimersByTimeAsync(ms);
      };
      const end = async (one: Asked) => {
        const turn = one.outcome as Turn;
        delete one.outcome;
        one.endedMs = nowMs;
        turn.end();
        await vi.advanceTimersByTimeAsync(0);
      };

      for (const { take, withinMs, end: which, passMs } of steps as {
        [key in 'take' | 'withinMs' | 'end' | 'passMs']: number;
      }[]) {
        if (take !== undefined) {
          const before = waiting();
          const asked: Asked = { bytes: take, large: take > LIMITS.largeBytes, untilMs: nowMs + withinMs };
          all.push(asked);
          void turns.take(take, withinMs).then((outcome) => {
            asked.outcome = outcome;
          });
          await vi.advanceTimersByTimeAsync(0);
          const bytes = before.reduce((sum, one) => sum + one.bytes, take);
          const noRoom = before.length >= LIMITS.waiting || bytes > LIMITS.waitingBytes;
          expect(asked.outcome === 'queue_full').toBe(noRoom && typeof asked.outcome !== 'object');
        } else if (which !== undefined) {
          if (running().length > 0) await end(running()[which % running().length]!);
        } else await pass(passMs);

        expect(running().length).toBeLessThanOrEqual(LIMITS.atOnce);
        expect(running().filter(({ large }) => large).length).toBeLessThanOrEqual(LIMITS.largeAtOnce);
        expect(waiting().length).toBeLessThanOrEqual(LIMITS.waiting);
        // Who waits has time left, and waits for something that is not free.
        for (const { large, untilMs } of waiting()) {
          expect(untilMs).toBeGreaterThan(nowMs);
          const othersLarge = running().filter((one) => one.large).length;
          expect(running().length === LIMITS.atOnce || (large && othersLarge === LIMITS.largeAtOnce)).toBe(true);
        }
        // Nobody of the same size has been served before one who came earlier and still waits.
        for (const [at, one] of all.entries()) {
          if (!waiting().includes(one)) continue;
          const later = all.slice(at + 1).filter(({ large }) => large === one.large);
          expect(later.some(({ outcome, endedMs }) => typeof outcome === 'object' || endedMs !== undefined)).toBe(
            false,
          );
        }
      }
      // All are settled in the end.
      while (running().length > 0) await end(running()[0]!);
      await pass(50);
      while (running().length > 0) await end(running()[0]!);
      expect(waiting()).toEqual([]);
    }),
  );
});

test('a large body waits for another, and keeps no small one', async () => {
  const turns = createTurns(LIMITS);
  const first = (await turns.take(40, 100)) as Turn;
  const second = turns.take(40, 100);
  const small = (await turns.take(1, 100)) as Turn;
  small.end();
  first.end();
  expect(await second).toEqual({ end: expect.any(Function) });
});

test('who has given up waiting is passed over', async () => {
  const turns = createTurns({ ...LIMITS, atOnce: 1 });
  const first = (await turns.take(1, 100)) as Turn;
  const second = turns.take(1, 10);
  const third = turns.take(1, 100);
  await vi.advanceTimersByTimeAsync(10);
  expect(await second).toBe('timeout');
  first.end();
  expect(await third).toEqual({ end: expect.any(Function) });
});
