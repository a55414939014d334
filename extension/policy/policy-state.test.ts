import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { CLOSED } from '../../capture/breaker.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { KEEP_EVERYTHING, type Policy } from '../../policy/policy.ts';
import { isDue, type OnError, originOf, rulingOn, type Schedule, type State, WHY } from './policy-state.ts';

const THROWING: Policy = {
  ...KEEP_EVERYTHING,
  record: ({ input }) => {
    throw new RangeError(`no room for ${input.data}`);
  },
};
const loading = (onError: OnError = 'nothing'): State => ({ kind: 'loading', onError });
const failed = (wrong: boolean, onError: OnError = 'nothing'): State => ({
  ...{ kind: 'failed', onError, wrong, cause: 'a cause' },
});
const ready = (policy = KEEP_EVERYTHING, onError: OnError = 'nothing'): State => ({
  ...{ kind: 'ready', version: { policy, id: 'c0ffee', onError } },
});

describe('whether to look for the policy', () => {
  const schedule: Schedule = { state: ready(), changes: true, refreshMs: 100, checkedMs: 1000, breaker: CLOSED };

  test.each<[string, Partial<Schedule>, nowMs: number, due: boolean]>([
    ['it has just been looked at', {}, 1099, false],
    ['it was looked at long ago', {}, 1100, true],
    ['it is looked at once only', { refreshMs: 0 }, 1e12, false],
    ['its place has no other one', { changes: false }, 1e12, false],
    ['it is not loaded yet', { state: loading() }, 0, true],
    ['it is not loaded yet, as its key is elsewhere', { state: loading(), changes: false }, 0, true],
    ['it was not to be had', { state: failed(false), changes: false }, 0, true],
    ['it is wrong, and its place may have another one', { state: failed(true) }, 0, true],
    ['it is wrong, and stays so', { state: failed(true), changes: false }, 1e12, false],
  ])('%s', (_, changes, nowMs, due) => {
    expect(isDue({ ...schedule, ...changes }, nowMs)).toBe(due);
  });

  test('never before the time that the breaker says', () => {
    const state = fc.constantFrom(loading(), failed(true), failed(false), ready());
    fc.assert(
      fc.property(state, fc.boolean(), fc.nat(), fc.nat(), (state, changes, openUntilMs, earlierMs) => {
        const breaker = { failures: 1, openUntilMs: openUntilMs + 1 };
        expect(isDue({ ...schedule, state, changes, breaker }, openUntilMs - earlierMs)).toBe(false);
      }),
    );
  });
});

describe('what becomes of a record', () => {
  const withSecrets = { ...EXAMPLE_RECORD, inferenceId: 'secret', customAttributes: ['secret'], errorCode: 'secret' };

  test('the policy that is in force decides', () => {
    const onFailure = vi.fn();
    expect(rulingOn(ready(), EXAMPLE_RECORD, onFailure)).toEqual(KEEP_EVERYTHING.record(EXAMPLE_RECORD));
    expect(onFailure).not.toHaveBeenCalled();
  });

  test.each<[State, string]>([
    [loading(), WHY.loading],
    [failed(true), WHY.failed],
    [failed(false), WHY.failed],
    [ready(THROWING), WHY.threw],
  ])('where none can, it is refused, and nobody reads in the reason what it has: %j', (state, why) => {
    const onFailure = vi.fn();
    expect(rulingOn(state, withSecrets, onFailure)).toEqual({ unavailable: why });
    expect(onFailure).toHaveBeenCalledTimes(state.kind === 'ready' ? 1 : 0);
  });

  test.each<[State, string | undefined]>([
    [loading('metadata'), undefined],
    [failed(true, 'metadata'), undefined],
    [ready(THROWING, 'metadata'), 'c0ffee'],
  ])('where none can and onError says metadata, nothing is kept that a caller wrote: %j', (state, policy) => {
    const decision = rulingOn(state, withSecrets, () => {});
    const withheld = { input: 'POLICY_ERROR', output: 'POLICY_ERROR' };
    expect(decision).toMatchObject({ keep: true, marks: { policy, withheld } });
    const kept = JSON.stringify(decision);
    for (const own of ['secret', EXAMPLE_RECORD.input.data, EXAMPLE_RECORD.output.data]) {
      expect(kept).not.toContain(JSON.stringify(own).slice(1, -1));
    }
  });
});

test.each<[string, () => unknown]>([
  ['an error', () => new RangeError('secret')],
  ['an error of several lines', () => new Error('secret\n    at secret\nsecret')],
  ['an error with a changed message', () => Object.assign(new Error('secret'), { message: 'another' })],
  ['an error with a changed name', () => Object.assign(new Error('secret'), { name: 'secret' })],
  ['an error with a stack of its own', () => Object.assign(new Error('secret'), { stack: 'secret' })],
  ['an error without a stack', () => Object.assign(new Error('secret'), { stack: undefined })],
  ['a text', () => 'secret'],
  ['nothing', () => undefined],
])('of what the policy throws, only its kind and where it comes from are told: %s', (_, make) => {
  const origin = originOf(make());
  expect(origin).toMatch(/^(\w*Error|string|undefined)(\n|$)/);
  expect(origin).not.toContain('secret');
});
