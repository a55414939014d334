import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clocksOf } from './clocks.ts';

const HOUR_MS = 3_600_000;

function setUp() {
  let monotonicMs = 100;
  let wallMs = 1_000_000_000_000;
  const { ageNow } = clocksOf({ now: () => monotonicMs, wallNow: () => Math.floor(wallMs) });
  const startMs = ageNow();
  return {
    age: () => ageNow() - startMs,
    pass: (ms: number) => {
      monotonicMs += ms;
      wallMs += ms;
    },
    freeze: (ms: number) => (wallMs += ms),
    set: (ms: number) => (wallMs += ms),
  };
}

test('an age is the time that passed', () => {
  const { age, pass } = setUp();
  for (let i = 0; i < 10_000; i++) {
    pass(0.3);
    age();
  }
  expect(age()).toBeCloseTo(3_000, 3);
});

test('an age goes on while the environment is frozen and its monotonic clock stands still, however short each time is', () => {
  const { age, pass, freeze } = setUp();
  for (let i = 0; i < 100; i++) {
    pass(10);
    freeze(20);
    age();
  }
  expect(age()).toBeGreaterThanOrEqual(100 * 30 - 50);
  freeze(HOUR_MS);
  expect(age()).toBeGreaterThanOrEqual(HOUR_MS + 100 * 30 - 50);
});

test('a wall clock that is set back takes no age away, and hides none that comes', () => {
  const { age, pass, set, freeze } = setUp();
  pass(5_000);
  set(-HOUR_MS);
  expect(age()).toBe(5_000);
  pass(1_000);
  freeze(2_000);
  expect(age()).toBe(8_000);
});

test('whatever happens, an age never falls, and is never less than the time that the process ran', () => {
  const step = fc.tuple(fc.constantFrom('pass', 'freeze', 'set'), fc.integer({ min: -HOUR_MS, max: HOUR_MS }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const world = setUp();
      let ran = 0;
      let before = 0;
      for (const [what, ms] of steps) {
        if (what === 'set') world.set(ms);
        else if (what === 'freeze') world.freeze(Math.abs(ms));
        else {
          world.pass(Math.abs(ms));
          ran += Math.abs(ms);
        }
        const age = world.age();
        expect(age).toBeGreaterThanOrEqual(Math.max(before, ran) - 1e-6);
        before = age;
      }
    }),
  );
});
