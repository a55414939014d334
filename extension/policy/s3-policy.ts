import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ProxyEnv } from '../configuration/proxy.ts';
import { agentsOf } from '../sinks/agents.ts';
import { statusOf } from '../sinks/failure.ts';
import type { PolicySource } from './policy-source.ts';
import { bytesOf, textOf } from './policy-text.ts';

/** The object of CAPTURE_POLICY_S3. */
export interface PolicyObject {
  bucket: string;
  key: string;
  /** Path-style addresses, which S3 servers other than AWS's understand. */
  pathStyle: boolean;
}

/**
 * Reads a policy from S3, in any region.
 *
 * Each read has a client of its own: reads are rare, and what a client keeps does not outlast a freeze or belong in a snapshot.
 */
export function readS3Policy(
  { bucket, key, pathStyle }: PolicyObject,
  proxy: ProxyEnv | undefined,
): PolicySource['read'] {
  return async (known, abortSignal) => {
    const client = new S3Client({
      forcePathStyle: pathStyle,
      followRegionRedirects: true, // one policy for functions in many regions
      maxAttempts: 1, // policy-loader.ts tries again
      requestHandler: agentsOf({ keepAlive: false, proxy }),
    });
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: known });
      const { Body, ETag } = await client.send(command, { abortSignal });
      const body = Body as AsyncIterable<Uint8Array> & { destroy(error: Error): void };
      abortSignal.addEventListener('abort', () => body.destroy(abortSignal.reason as Error));
      return { text: textOf(await bytesOf(body)), etag: ETag };
    } catch (error) {
      if (statusOf(error) === 304) return 'unchanged';
      throw error;
    } finally {
      client.destroy();
    }
  };
}
