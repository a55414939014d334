import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { dir, setUp } from './fixtures/attacks.ts';

test('a folder that becomes a file: what was in it is delivered, records are refused, and taken again when it is gone', async () => {
  const { append, drain, subject, balance, lost, delivered } = setUp();
  append('r0');
  fs.rmSync(dir, { recursive: true });
  fs.writeFileSync(dir, '');
  expect(append('r1')).toMatchObject({ stored: false, reason: 'unwritable' });
  expect(lost).toHaveBeenCalledExactlyOnceWith({ lost: 0, rescued: 1 });
  expect(() => subject.seal()).not.toThrow();
  await drain();
  expect(delivered).toEqual(['r0']);
  fs.rmSync(dir);
  expect(append('r2')).toEqual({ stored: true });
  expect(balance()).toEqual({ acknowledged: 2, accounted: 2 });
});

test('on a file system that turns read-only records are refused, and what is there is delivered', async () => {
  const { append, drain, delivered, balance, subject } = setUp();
  for (let i = 0; i < 5; i++) append(`r${i}`);
  for (const call of ['mkdirSync', 'renameSync', 'writeSync', 'openSync', 'rmSync', 'ftruncateSync'] as const) {
    vi.spyOn(fs, call).mockImplementation(() => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    });
  }
  try {
    expect(append('r5')).toMatchObject({ reason: 'unwritable', cause: { code: 'EROFS' } });
    await drain();
    expect(delivered).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect(balance()).toEqual({ acknowledged: 5, accounted: 5 });
    expect(subject.pending).toBe(0);
  } finally {
    vi.restoreAllMocks();
  }
});
