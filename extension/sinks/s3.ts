import { PutObjectCommand, S3Client, type StorageClass } from '@aws-sdk/client-s3';
import type { ProxyEnv } from '../configuration/proxy.ts';
import { agentsOf } from './agents.ts';
import { connectionBroke, credentialsExpired, statusOf } from './failure.ts';
import type { Sink } from './sink.ts';

export interface S3SinkOptions {
  bucket: string;
  /** Path-style addresses, which S3 servers other than AWS's understand. */
  pathStyle: boolean;
  /** The KMS key that objects are encrypted with. @default the bucket's own encryption */
  kmsKeyId?: string | undefined;
  /** The account that the bucket must belong to. @default any */
  expectedBucketOwner?: string | undefined;
  /** @default STANDARD */
  storageClass?: StorageClass | undefined;
  /** The proxies that S3 is reached through. @default none */
  proxy?: ProxyEnv | undefined;
}

/** A connection that was not used for so many milliseconds is not trusted: S3 closes idle ones, and a frozen process does not notice. */
const IDLE_MS = 5_000;

/**
 * A sink to S3. The SDK takes region, endpoint and credentials from its own variables.
 *
 * @param now milliseconds on a monotonic clock that goes on while the environment is frozen
 */
export function s3Sink(options: S3SinkOptions, now: () => number): Sink {
  const agents = agentsOf({ keepAlive: true, proxy: options.proxy });
  let client = connect();
  let usedMs = now();

  function connect(): S3Client {
    return new S3Client({
      forcePathStyle: options.pathStyle,
      maxAttempts: 1, // delivery.ts retries, within its deadline
      requestHandler: agents,
    });
  }

  function dropIdleConnections(): void {
    for (const { freeSockets } of [agents.httpAgent, agents.httpsAgent]) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }

  async function send(key: string, body: Buffer, abortSignal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: options.bucket,
      Key: key,
      Body: body,
      ContentType: 'application/x-ndjson',
      IfNoneMatch: '*',
      ExpectedBucketOwner: options.expectedBucketOwner,
      StorageClass: options.storageClass,
      ...(options.kmsKeyId !== undefined && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: options.kmsKeyId }),
    });
    try {
      await client.send(command, { abortSignal });
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
    } finally {
      usedMs = now();
    }
  }

  return {
    name: `s3://${options.bucket}`,
    async put(key, body, signal) {
      if (now() - usedMs > IDLE_MS) dropIdleConnections();
      try {
        await send(key, body, signal);
      } catch (error) {
        if (credentialsExpired(error)) client = connect(); // the old one would keep them until the expiry time that they had
        if (!connectionBroke(error) || signal.aborted) throw error;
        dropIdleConnections();
        await send(key, body, signal);
      }
    },
  };
}
