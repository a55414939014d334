import { expect, test, vi } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { KEEP_EVERYTHING, type Policy } from '../../policy/policy.ts';
import { PolicyHolder } from './policy-holder.ts';

function setUp() {
  const log = vi.fn();
  let pass = () => {};
  const sleep = vi.fn((_ms: number) => new Promise<void>((resolve) => (pass = resolve)));
  const holder = new PolicyHolder({ onError: 'nothing', log, sleep });
  return { holder, log, sleep, pass: () => pass() };
}
const version = (id: string, policy: Policy = KEEP_EVERYTHING) => ({ policy, id, onError: 'nothing' as const });
const markedBy = (id: string): Policy => ({
  record: (record) => ({ keep: true, record, marks: { sampleRate: 1, policy: id } }),
  label: (label) => ({ label, marks: { policy: id } }),
});
const failing: Policy = {
  record: ({ input }) => {
    throw new Error(input.data);
  },
  label: ({ data }) => {
    throw new Error(data);
  },
};
const LABEL = { eventId: 'a', data: 'canary', encoding: 'CSV' as const };

test('a request waits for the policy until it is there', async () => {
  const { holder, sleep } = setUp();
  const waits = [holder.settling(), holder.settling()];
  holder.take(version('a'));
  await Promise.all(waits);
  expect(sleep).toHaveBeenCalledWith(150);
  expect(holder.settling()).toBeUndefined();
});

test('a request waits for a moment at most, and after one has waited in vain none does', async () => {
  const { holder, pass } = setUp();
  const wait = holder.settling();
  pass();
  await wait;
  expect(holder.settling()).toBeUndefined();
  expect(holder.record(EXAMPLE_RECORD)).toEqual({ unavailable: expect.stringMatching(/not loaded yet/) });
});

test('nobody waits for a policy that has failed', async () => {
  const { holder } = setUp();
  const wait = holder.settling();
  holder.fail({ wrong: true, cause: 'a typo' });
  await wait;
  expect(holder.settling()).toBeUndefined();
  expect(holder.status()).toEqual({ state: 'failed', cause: 'a typo' });
});

test('each record and each label is decided on by the version in force, and one in force outlives any failure', () => {
  const { holder } = setUp();
  holder.take(version('a', markedBy('a')));
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ marks: { policy: 'a' } });
  holder.take(version('b', markedBy('b')));
  holder.fail({ wrong: true, cause: 'a typo' });
  holder.announce('metadata');
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ marks: { policy: 'b' } });
  expect(holder.label(LABEL)).toMatchObject({ marks: { policy: 'b' } });
  expect(holder.status()).toEqual({ state: 'ready', id: 'b' });
});

test('what a document says of errors holds while it is not in force', () => {
  const { holder } = setUp();
  holder.announce('metadata');
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ keep: true, marks: { withheld: { input: 'POLICY_ERROR' } } });
  holder.fail({ wrong: false, cause: 'no key' });
  expect(holder.record(EXAMPLE_RECORD)).toMatchObject({ keep: true });
  expect(holder.label(LABEL)).toEqual({ unavailable: expect.any(String) });
});

test('a version that throws is told of once, without a word of the record', () => {
  const { holder, log } = setUp();
  holder.take(version('a', failing));
  for (let i = 0; i < 3; i++) {
    expect(holder.record(EXAMPLE_RECORD)).toEqual({ unavailable: expect.any(String) });
    expect(holder.label(LABEL)).toEqual({ unavailable: expect.any(String) });
  }
  expect(log).toHaveBeenCalledExactlyOnceWith('ERROR', expect.any(String), {
    state: 'ready',
    id: 'a',
    origin: expect.stringMatching(/^Error\n/),
  });
  expect(JSON.stringify(log.mock.calls)).not.toMatch(/Wolfgang|canary/);
  holder.take(version('b', failing));
  holder.record(EXAMPLE_RECORD);
  expect(log).toHaveBeenCalledTimes(2);
});
