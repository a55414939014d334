import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Sink } from './sink.ts';

export interface S3SinkOptions {
  bucket: string;
  /** Path-style addresses, which S3 servers other than AWS's understand. */
  pathStyle: boolean;
}

/** A sink to S3. Region, endpoint and credentials are the SDK's own affair, from its own variables. */
export function s3Sink({ bucket, pathStyle }: S3SinkOptions): Sink {
  const client = new S3Client({ forcePathStyle: pathStyle, maxAttempts: 1 }); // delivery.ts retries, within its deadline

  return {
    name: `s3://${bucket}`,
    async put(key, body, signal) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/x-ndjson',
        IfNoneMatch: '*',
      });
      try {
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        if (httpStatus(error) !== 412) throw error;
      }
    },
  };
}

function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
