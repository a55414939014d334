import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { s3Client } from '../fixtures/s3-client.ts';

let s3: Awaited<ReturnType<typeof s3Client>>;
beforeEach(async () => {
  s3 = await s3Client();
});
afterEach(() => s3.close());

describe('a listing', () => {
  beforeEach(async () => {
    for (const key of ['a/1', 'a/2', 'a/b/3', 'a-4', 'c']) await s3.put(key);
  });

  const listings: [query: object, keys: string[], prefixes: string[]][] = [
    [{}, ['a-4', 'a/1', 'a/2', 'a/b/3', 'c'], []],
    [{ Prefix: 'a/' }, ['a/1', 'a/2', 'a/b/3'], []],
    [{ Prefix: 'a' }, ['a-4', 'a/1', 'a/2', 'a/b/3'], []],
    [{ Delimiter: '/' }, ['a-4', 'c'], ['a/']],
    [{ Prefix: 'a/', Delimiter: '/' }, ['a/1', 'a/2'], ['a/b/']],
    [{ Prefix: 'nothing/' }, [], []],
    [{ Prefix: '../' }, [], []],
    [{ Prefix: '../archive-private/' }, [], []],
    [{ StartAfter: 'a/2' }, ['a/b/3', 'c'], []],
  ];
  test.each(listings)('of %j', async (query, expected, prefixes) => {
    expect(await s3.keys(query)).toMatchObject({ keys: expected, prefixes, IsTruncated: false });
  });

  test.each([1, 2, 3, 4])('comes page by page, %i at a time', async (MaxKeys) => {
    for (const [query, all] of [
      [{}, ['a-4', 'a/1', 'a/2', 'a/b/3', 'c']],
      [{ Delimiter: '/' }, ['a-4', 'a/', 'c']],
    ] as const) {
      const seen: unknown[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.keys({ ...query, MaxKeys, ...(ContinuationToken && { ContinuationToken }) });
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        seen.push(...page.keys, ...page.prefixes);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(seen.toSorted()).toEqual([...all].toSorted());
    }
  });
});
