import fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { kernelUuid } from './uuid.ts';

test.each(['a kernel that has them', 'none'])('UUIDs are new each time, with %s', (kernel) => {
  if (kernel === 'none') {
    vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw new Error('ENOENT');
    });
  }
  const uuids = Array.from({ length: 1000 }, kernelUuid);
  expect(new Set(uuids).size).toBe(1000);
  for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
});
