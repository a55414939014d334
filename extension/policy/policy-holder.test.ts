import { beforeEach, describe, expect, test, vi } from 'vitest';
import { EXAMPLE_LABEL } from '../../capture/fixtures/example-label.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { KEEP_EVERYTHING, type Policy } from '../../policy/policy.ts';
import { PolicyHolder } from './policy-holder.ts';
import { type OnError, WHY } from './policy-state.ts';

const log = vi.fn();
beforeEach(() => {
  log.mockReset();
});

const version = (policy: Policy = KEEP_EVERYTHING, id = 'c0ffee') => ({ policy, id, onError: 'nothing' as const });
const failing = (): never => {
  throw new Error('secret');
};
const FAILING: Policy = { record: failing, label: failing };
const FAILURE = { wrong: true, cause: 'a cause' };

function holderOf(onError: OnError = 'nothing') {
  const waits: { ms: number; end(): void }[] = [];
  const sleep = (ms: number) => new Promise<void>((end) => waits.push({ ms, end }));
  return { holder: new PolicyHolder({ onError, log, sleep }), waits };
}

describe('a request waits for the policy', () => {
  test('until there is one, or it has failed', async () => {
    for (const settle of [(one: PolicyHolder) => one.take(version()), (one: PolicyHolder) => one.fail(FAILURE)]) {
      const { holder } = holderOf();
      const waiting = Promise.all([holder.settling(), holder.settling()]);
      settle(holder);
      await waiting;
      expect(holder.settling()).toBeUndefined();
    }
  });

  test('less long than its sender waits; and when one has waited in vain, no other does', async () => {
    const { holder, waits } = holderOf();
    const waiting = holder.settling();
    expect(waits[0]!.ms).toBeLessThan(250);
    waits[0]!.end();
    await waiting;
    expect(holder.settling()).toBeUndefined();
    expect(holder.record(EXAMPLE_RECORD)).toEqual({ unavailable: WHY.loading });
  });
});

test('a policy that is in force stays so until there is another', () => {
  const { holder } = holderOf();
  expect(holder.status()).toEqual({ state: 'loading' });
  holder.fail(FAILURE);
  expect(holder.status()).toEqual({ state: 'failed', cause: 'a cause' });
  holder.take(version());
  holder.fail(FAILURE);
  holder.announce('metadata');
  expect(holder.status()).toEqual({ state: 'ready', id: 'c0ffee' });
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ keep: true, record: EXAMPLE_RECORD });
  holder.take(version(KEEP_EVERYTHING, 'decade'));
  expect(holder.status()).toEqual({ state: 'ready', id: 'decade' });
});

test('what a document says of failures holds from when it is read, and no later failure changes it', () => {
  const { holder } = holderOf('nothing');
  holder.announce('metadata');
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ keep: true });
  holder.fail(FAILURE);
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ keep: true });
});

test('a label without a policy is refused, whatever onError says: it is nothing but content', () => {
  const { holder } = holderOf('metadata');
  expect(holder.label(EXAMPLE_LABEL)).toEqual({ unavailable: WHY.loading });
  holder.fail(FAILURE);
  expect(holder.label(EXAMPLE_LABEL)).toEqual({ unavailable: WHY.failed });
  holder.take(version());
  expect(holder.label(EXAMPLE_LABEL)).toEqual({ label: EXAMPLE_LABEL, marks: {} });
});

test('a policy that throws is told of once for each version, without what it throws', () => {
  const { holder } = holderOf();
  for (const id of ['one', 'two']) {
    holder.take(version(FAILING, id));
    for (let times = 0; times < 3; times++) {
      expect(holder.record(EXAMPLE_RECORD)).toEqual({ unavailable: WHY.threw });
      expect(holder.label(EXAMPLE_LABEL)).toEqual({ unavailable: WHY.threw });
    }
  }
  expect(log.mock.calls.map(([level, , fields]) => [level, fields.id])).toEqual([
    ['ERROR', 'one'],
    ['ERROR', 'two'],
  ]);
  expect(JSON.stringify(log.mock.calls)).not.toContain('secret');
});
