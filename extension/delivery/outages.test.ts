import { expect, test } from 'vitest';
import { setUp } from './fixtures/delivering.ts';

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

test('a destination that refuses for good is tried once a cool-down, and said once, with what to do', async () => {
  const { delivery, spool, attempts, log, at, pass } = setUp(['denies', 'denies', 'denies', 'stores']);
  for (let i = 0; i < 3; i++) {
    await delivery.deliver(at(10_000));
    await delivery.deliver(at(10_000));
    expect(attempts).toHaveLength(i + 1);
    pass(299_999);
    expect(delivery.ready).toBe(false);
    pass(1);
  }
  expect(log).toHaveBeenCalledExactlyOnceWith(
    'ERROR',
    'the destination refuses every record, and a retry does not help: see the remedy; the records stay in the spool',
    expect.objectContaining({ pending: 1, remedy: expect.stringContaining('s3:PutObject') }),
  );
  await delivery.deliver(at(10_000));
  expect(log).toHaveBeenLastCalledWith('INFO', 'the destination takes records again', expect.anything());
  expect(spool.pending).toBe(0);
});

test('a destination that hangs is left alone after one attempt', async () => {
  const { delivery, attempts, at, pass } = setUp(['takes a second and fails']);
  for (const [i, openMs] of [5_000, 10_000, 20_000].entries()) {
    await delivery.deliver(at(500));
    await delivery.deliver(at(500));
    expect(attempts).toHaveLength(i + 1);
    pass(openMs - 1);
    expect(delivery.ready).toBe(false);
    pass(1);
    expect(delivery.ready).toBe(true);
  }
});

test('the last chance is used until the deadline, breaker or not', async () => {
  const { delivery, attempts, at } = setUp(['fails', 'fails', 'fails', 'fails', 'stores']);
  await delivery.deliver(at(0));
  await delivery.deliver(at(10_000), { lastChance: true });
  expect(attempts).toHaveLength(5);
});

test('labels that the destination refuses stay in the spool and hold up no record; that is said once, with what to do', async () => {
  const { delivery, spool, tallies, attempts, log, at, pass } = setUp(['denies', 'stores', 'stores', 'stores'], 0);
  const append = (kind: 'record' | 'label') => {
    spool.append(Buffer.from('{}\n'), new Date(at(0)), kind);
    spool.seal();
  };
  for (const kind of ['label', 'record'] as const) append(kind);
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(2);
  expect(delivery.completedMs).toBe(at(0)); // no invocation is prolonged for the labels
  append('record');
  await delivery.deliver(at(500));
  expect(attempts).toHaveLength(3);
  expect(tallies.record.delivered).toBe(2);
  expect([delivery.ready, delivery.takes('record'), delivery.takes('label')]).toEqual([true, true, false]);
  expect(log.mock.calls).toEqual([
    [
      'ERROR',
      'the destination refuses the objects of one kind, and a retry does not help: see the remedy; they stay in the spool',
      expect.objectContaining({ kind: 'label', pending: 1, remedy: expect.stringContaining('s3:PutObject') }),
    ],
  ]);

  pass(300_000);
  await delivery.deliver(at(500));
  expect(tallies.label.delivered).toBe(1);
  expect(spool.pending).toBe(0);
});
