import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { MAX_KEPT_OPEN } from './backlog.ts';
import { ATTACKS, dir, LENGTH, setUp } from './fixtures/attacks.ts';

test('sealed segments that somebody removed are delivered all the same, as many as are kept open; the others are told once', async () => {
  const { lost, append, drain, delivered, balance } = setUp();
  const segments = MAX_KEPT_OPEN + 20;
  for (let i = 0; i < 3 * segments; i++) append(`r${i}`);
  ATTACKS['removes the folder']!();
  await drain();
  expect(lost.mock.calls[0]).toEqual([{ lost: 3 * 19, rescued: 3 }]); // the last one was open
  expect(lost.mock.calls.slice(1).every(([damage]) => damage.lost === 0)).toBe(true);
  expect(delivered).toHaveLength(3 * (MAX_KEPT_OPEN + 1));
  expect(balance()).toEqual({ acknowledged: 3 * segments, accounted: 3 * segments });
});

test('files are open no longer than their segments are there', async () => {
  const opens = vi.spyOn(fs, 'openSync');
  const closes = vi.spyOn(fs, 'closeSync');
  const opened = () => opens.mock.calls.length - closes.mock.calls.length;
  const { append, drain } = setUp();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 3 * 100; i++) append(`r${round}x${i}`);
    expect(opened()).toBeLessThanOrEqual(MAX_KEPT_OPEN + 1);
    if (round === 1) ATTACKS['empties the files']!();
    await drain();
    expect(opened()).toBe(0);
  }
  vi.restoreAllMocks();
});

test('a full spool that somebody empties takes records again', () => {
  const predecessor = setUp();
  for (let i = 0; i < 6; i++) predecessor.append(`r${i}`);
  predecessor.subject.seal();
  const { append, subject, lost } = setUp(6 * LENGTH);
  subject.recover([dir]);
  expect(append('r6')).toEqual({ stored: false, reason: 'full' });
  ATTACKS['removes the folder']!();
  expect(append('r7')).toEqual({ stored: true });
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 6, rescued: 0 });
  expect(subject.pending).toBe(1);
});
