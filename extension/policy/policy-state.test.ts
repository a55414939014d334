import { describe, expect, test } from 'vitest';
import { CLOSED } from '../../capture/breaker.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { KEEP_EVERYTHING } from '../../policy/policy.ts';
import { isDue, type OnError, originOf, rulingOn, type Schedule, type State, WHY } from './policy-state.ts';

const ID = '0123456789abcdef';
const failing = {
  ...KEEP_EVERYTHING,
  record: () => {
    throw new Error(EXAMPLE_RECORD.input.data);
  },
};
const ready = (onError: OnError, policy = KEEP_EVERYTHING): State => ({
  kind: 'ready',
  version: { policy, id: ID, onError },
});
const failed = (wrong: boolean): State => ({ kind: 'failed', onError: 'nothing', wrong, cause: '' });

describe('what becomes of a record', () => {
  test.each<[string, (onError: OnError) => State, string, string | undefined]>([
    ['while the policy is loaded', (onError) => ({ kind: 'loading', onError }), WHY.loading, undefined],
    ['where the policy is wrong', (onError) => ({ ...failed(true), onError }) as State, WHY.failed, undefined],
    ['where the policy throws', (onError) => ready(onError, failing), WHY.threw, ID],
  ])('%s: nothing is kept, or what no caller wrote', (_, state, why, policy) => {
    const rule = (onError: OnError) => rulingOn(state(onError), EXAMPLE_RECORD, () => {});
    expect(rule('nothing')).toEqual({ unavailable: why });
    expect(rule('metadata')).toMatchObject({ keep: true, marks: { policy, withheld: { input: 'POLICY_ERROR' } } });
    expect(JSON.stringify(rule('metadata'))).not.toContain(EXAMPLE_RECORD.input.data);
  });

  test('is what the policy in force says', () => {
    const ruling = rulingOn(ready('nothing'), EXAMPLE_RECORD, () => expect.unreachable());
    expect(ruling).toEqual(KEEP_EVERYTHING.record(EXAMPLE_RECORD));
  });
});

describe('where an error came from is told without what it says', () => {
  const thrownAt = (message: string) => {
    try {
      return JSON.parse(message);
    } catch (error) {
      return error as Error;
    }
  };

  test.each(['canary', '{"canary', '"\n    at canary (canary.ts:1:1)', 'canary\ncanary\n    at x'])('%j', (message) => {
    const origin = originOf(thrownAt(message));
    expect(origin).toMatch(/^SyntaxError\n.*at JSON\.parse/);
    expect(origin).not.toContain('canary');
    expect(originOf(new TypeError(message))).toMatch(/^TypeError\n.*policy-state\.test\.ts/);
    expect(originOf(new TypeError(message))).not.toContain('canary');
  });

  test.each([
    ['canary', 'string'],
    [undefined, 'undefined'],
    [{ message: 'canary' }, 'object'],
  ])('also where it is none: %j', (thrown, origin) => {
    expect(originOf(thrown)).toBe(origin);
  });

  test('and without its stack where that was changed', () => {
    const error = Object.assign(new Error('a'), { stack: 'canary' });
    expect(originOf(error)).toBe('Error');
  });
});

describe('a policy is looked for', () => {
  const at = (nowMs: number, schedule: Partial<Schedule>) =>
    isDue(
      { state: ready('nothing'), changes: true, refreshMs: 1000, checkedMs: 0, breaker: CLOSED, ...schedule },
      nowMs,
    );

  test.each<[string, boolean, number, Partial<Schedule>]>([
    ['at once while there is none', true, 0, { state: { kind: 'loading', onError: 'nothing' } }],
    ['again where there is none for a cause that may pass', true, 0, { state: failed(false), changes: false }],
    ['again where there may be a better document', true, 0, { state: failed(true) }],
    ['never again where the document is wrong and stays', false, 1e9, { state: failed(true), changes: false }],
    ['not before its time', false, 999, {}],
    ['when its time has come', true, 1000, {}],
    ['after a restore, as long ago as the snapshot may be', true, 1e12, {}],
    ['never where that is not wanted', false, 1e12, { refreshMs: 0 }],
    ['never where it cannot change', false, 1e12, { changes: false }],
    ['not while the last failure is fresh', false, 4999, { breaker: { failures: 1, openUntilMs: 5000 } }],
    ['when it is no longer', true, 5000, { breaker: { failures: 1, openUntilMs: 5000 } }],
  ])('%s', (_, due, nowMs, schedule) => {
    expect(at(nowMs, schedule)).toBe(due);
  });
});
