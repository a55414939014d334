import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectRef, Store, StoredContent } from './store.ts';

/**
 * A prefix of a bucket. The SDK takes region, endpoint and credentials from its own variables. It needs s3:ListBucket, s3:GetObject,
 * s3:PutObject and s3:GetBucketVersioning, and for old versions s3:ListBucketVersions, s3:GetObjectVersion and s3:DeleteObjectVersion.
 *
 * @param pathStyle addresses that S3 servers other than AWS's understand
 */
export function s3Store(bucket: string, prefix: string, name: string, pathStyle: boolean): Store {
  const client = new S3Client({ forcePathStyle: pathStyle });

  async function* present(): AsyncGenerator<ObjectRef> {
    for (let ContinuationToken: string | undefined; ; ) {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }));
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) yield ref(Key, Size, LastModified);
      ContinuationToken = page.NextContinuationToken;
      if (ContinuationToken === undefined) return;
    }
  }

  async function* versions(): AsyncGenerator<ObjectRef> {
    for (let from: Partial<Record<'KeyMarker' | 'VersionIdMarker', string>> = {}; ; ) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }));
      for (const one of page.Versions ?? []) yield refOfVersion(one);
      if (!page.IsTruncated || page.NextKeyMarker === undefined) return;
      from = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextVersionIdMarker && { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }

  return {
    name,
    async *list(oldVersions) {
      for await (const one of oldVersions ? versions() : present()) if (one.key.endsWith('.jsonl')) yield one;
    },
    async read({ key, oldVersion }) {
      try {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: oldVersion }));
        const body = Buffer.from(await found.Body!.transformToByteArray());
        return { body, etag: found.ETag!, properties: propertiesOf(found) };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async replace({ key }, before: StoredContent, body) {
      const properties = before.properties as ReturnType<typeof propertiesOf>;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        IfMatch: before.etag,
        ...properties,
      });
      try {
        await client.send(command);
        return 'replaced';
      } catch (error) {
        if ([404, 409, 412].includes(statusOf(error) ?? 0)) return 'changed';
        throw error;
      }
    },
    async keepsOldVersions() {
      try {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
        return Status !== undefined;
      } catch {
        return true; // the bucket does not say
      }
    },
    async removeVersion({ key, oldVersion }) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: oldVersion }));
    },
  };
}

/** What the object must have again. */
function propertiesOf(found: GetObjectCommandOutput) {
  const { ContentType, Metadata, StorageClass, ServerSideEncryption, SSEKMSKeyId } = found;
  return {
    ContentType,
    Metadata,
    StorageClass,
    ...(ServerSideEncryption === 'aws:kms' && { ServerSideEncryption, SSEKMSKeyId }),
  };
}

function ref(key: string, bytes: number, modified: Date | undefined): ObjectRef {
  return { key, bytes, modifiedMs: modified?.getTime() ?? Number.POSITIVE_INFINITY };
}

function refOfVersion({ Key = '', Size = 0, LastModified, VersionId, IsLatest }: ObjectVersion): ObjectRef {
  return { ...ref(Key, Size, LastModified), oldVersion: IsLatest ? undefined : VersionId };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
