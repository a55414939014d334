import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bucket, failure, s3Client } from '../fixtures/s3-client.ts';

let s3: Awaited<ReturnType<typeof s3Client>>;
beforeEach(async () => {
  s3 = await s3Client();
});
afterEach(() => s3.close());

describe('a range', () => {
  beforeEach(async () => {
    await s3.put('digits', '0123456789');
    await s3.put('empty', Buffer.alloc(0));
  });

  test.each([
    ['digits', 'bytes=10-', 10],
    ['digits', 'bytes=-0', 10],
    ['empty', 'bytes=0-', 0],
  ])('of %s that is past its end, %s, is a 416 that tells its length', async (Key, Range, bytes) => {
    const command = new GetObjectCommand({ Bucket, Key, Range });
    expect(await failure(s3.client.send(command))).toEqual(['InvalidRange', 416]);
    const response = await s3.raw('GET', `/${Bucket}/${Key}`, { range: Range });
    expect(response.headers).toMatchObject({ 'content-range': `bytes */${bytes}`, 'content-type': 'application/xml' });
    expect(response.headers).not.toHaveProperty('etag');
    expect(response.body).toContain(
      `<RangeRequested>${Range}</RangeRequested><ActualObjectSize>${bytes}</ActualObjectSize>`,
    );
    expect(await s3.raw('HEAD', `/${Bucket}/${Key}`, { range: Range })).toMatchObject({ status: 416, body: '' });
  });

  test('that asks for several parts gets all of it, as S3 gives one part at most', async () => {
    const { status, body } = await s3.raw('GET', `/${Bucket}/digits`, { range: 'bytes=0-1,3-4' });
    expect([status, body]).toEqual([200, '0123456789']);
  });

  test('can be asked about', async () => {
    const { status, headers } = await s3.raw('HEAD', `/${Bucket}/digits`, { range: 'bytes=2-4' });
    expect([status, headers['content-range'], headers['content-length']]).toEqual([206, 'bytes 2-4/10', '3']);
  });
});
