import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bucket, s3Client } from '../fixtures/s3-client.ts';

let s3: Awaited<ReturnType<typeof s3Client>>;
beforeEach(async () => {
  s3 = await s3Client();
});
afterEach(() => s3.close());

test('an object whose ETag the caller knows is a 304 without a body, until it changes', async () => {
  const { ETag } = await s3.put('policy', 'one');
  const asked = { 'if-none-match': ETag! };
  for (const method of ['GET', 'HEAD']) {
    expect(await s3.raw(method, `/${Bucket}/policy`, asked)).toMatchObject({
      status: 304,
      headers: { etag: ETag },
      body: '',
    });
  }
  const get = new GetObjectCommand({ Bucket, Key: 'policy', IfNoneMatch: ETag });
  await expect(s3.client.send(get)).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await s3.put('policy', 'two');
  expect(await s3.raw('GET', `/${Bucket}/policy`, asked)).toMatchObject({ status: 200, body: 'two' });
});
