import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { takeAnyContentType } from '../http/any-content-type.ts';
import { refuseForeignCallers } from '../http/foreign-callers.ts';
import { addressOf } from './address.ts';
import { awsChunks } from './aws-chunked.ts';
import type { Checksums } from './content-sums.ts';
import { listPage, listRequest, listXml } from './list-objects.ts';
import { ObjectStore, type PutCondition } from './object-store.ts';
import { rangeOf } from './range.ts';
import { S3Error } from './s3-error.ts';
import { element, xmlDocument } from './xml.ts';

export interface S3Options {
  /** Where the buckets' folders are. */
  folder: string;
  /** The buckets that exist from the start. */
  buckets: readonly string[];
  log(line: string): void;
}

/** How long an upload may take, in milliseconds. */
const UPLOAD_TIMEOUT_MS = 300_000;

// Subresources of an object: a request for one of them must not be taken for a request for the object.
const SUBRESOURCES = ['acl', 'attributes', 'partNumber', 'retention', 'tagging', 'uploadId', 'uploads', 'versionId'];

type ObjectAddress = { bucket: string; key: string };

/**
 * A part of S3: PutObject (also `If-None-Match: *` and `If-Match`), GetObject and HeadObject (also `If-None-Match` with an ETag), DeleteObject,
 * ListObjectsV2, and buckets. Addresses are path-style; signatures are not checked.
 */
export function buildS3({ folder, buckets, log }: S3Options): FastifyInstance {
  const store = new ObjectStore(folder, buckets);
  const app = fastify({
    forceCloseConnections: true,
    requestTimeout: UPLOAD_TIMEOUT_MS,
    exposeHeadRoutes: false,
    frameworkErrors: (_error, request, reply) =>
      sendError(new S3Error('InvalidURI', "Couldn't parse the specified URI."), request, reply),
  });
  takeAnyContentType(app, 'stream'); // straight to disk
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-amz-request-id', randomUUID());
  });
  refuseForeignCallers(app, (reason, request, reply) => sendError(new S3Error('AccessDenied', reason), request, reply));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof S3Error) return sendError(error, request, reply);
    log(`S3: ${(error as Error).message}`);
    // The error's own message may name a folder of this machine.
    return sendError(new S3Error('InternalError', "The emulator's log has the cause."), request, reply);
  });

  app.all('/*', async (request, reply) => {
    const [path = '/', query = ''] = (request.raw.url ?? '/').split('?', 2);
    const { bucket, key } = addressOf(path);
    if (bucket === undefined) return sendXml(reply, bucketsXml(store.buckets()));
    if (key === undefined) return bucketOperation(store, bucket, new URLSearchParams(query), request, reply);
    store.requireBucket(bucket);
    const subresource = SUBRESOURCES.find((name) => new URLSearchParams(query).has(name));
    if (subresource) throw new S3Error('NotImplemented', `This S3 does not know ?${subresource}.`);
    return objectOperation(store, { bucket, key }, request, reply);
  });
  return app;
}

async function bucketOperation(
  store: ObjectStore,
  bucket: string,
  query: URLSearchParams,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (request.method === 'PUT') {
    store.createBucket(bucket);
    return reply.header('location', `/${bucket}`).send();
  }
  store.requireBucket(bucket);
  if (request.method === 'HEAD') return reply.send();
  if (request.method !== 'GET') throw notAllowed(request);
  if (query.has('location')) return sendXml(reply, xmlDocument('LocationConstraint', ''));
  if (query.has('versioning')) return sendXml(reply, xmlDocument('VersioningConfiguration', '')); // it has never been on
  if (query.get('list-type') !== '2')
    throw new S3Error('NotImplemented', 'Of a bucket, this S3 knows ListObjectsV2 only.');
  const listing = listRequest(bucket, query);
  return sendXml(reply, listXml(listPage(store.list(bucket, listing.prefix), listing), listing));
}

async function objectOperation(
  store: ObjectStore,
  address: ObjectAddress,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { bucket, key } = address;
  switch (request.method) {
    case 'PUT':
      return put(store, address, request, reply);
    case 'DELETE':
      store.remove(bucket, key);
      return reply.code(204).send();
    case 'GET':
    case 'HEAD':
      return get(store, address, request, reply);
    default:
      throw notAllowed(request);
  }
}

async function get(store: ObjectStore, { bucket, key }: ObjectAddress, request: FastifyRequest, reply: FastifyReply) {
  const object = await store.open(bucket, key);
  const { bytes, modified, etag } = object;
  if (request.headers['if-none-match'] === etag) {
    await object.close();
    return reply.code(304).header('etag', etag).send();
  }
  const range = rangeOf(request.headers.range, bytes);
  if (request.method === 'HEAD' || range === 'unsatisfiable') await object.close();
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${bytes}`);
    const details = { RangeRequested: request.headers.range ?? '', ActualObjectSize: bytes };
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', details);
  }
  reply.headers({ etag, 'last-modified': modified.toUTCString(), 'accept-ranges': 'bytes' });
  reply.type('application/octet-stream').header('content-length', range ? range.end - range.start + 1 : bytes);
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  return reply.send(request.method === 'HEAD' ? undefined : object.read(range));
}

async function put(store: ObjectStore, address: ObjectAddress, request: FastifyRequest, reply: FastifyReply) {
  const { headers } = request;
  const condition = conditionOf(headers);
  if (headers['x-amz-copy-source'] !== undefined) throw new S3Error('NotImplemented', 'CopyObject is not here.');
  const trailers: Record<string, string> = {};
  const raw = (request.body ?? []) as Readable;
  const content = isAwsChunked(headers)
    ? awsChunks(raw, (name, value) => Object.assign(trailers, { [name]: value }))
    : raw;
  const claimed = (): Checksums => ({
    md5: headers['content-md5'] as string | undefined,
    crc32: (headers['x-amz-checksum-crc32'] ?? trailers['x-amz-checksum-crc32']) as string | undefined,
  });
  const etag = await store.put(address, content as AsyncIterable<Buffer>, claimed, condition);
  return reply.header('etag', etag).send();
}

function conditionOf(headers: FastifyRequest['headers']): PutCondition | undefined {
  const { 'if-none-match': none, 'if-match': etag } = headers;
  if (none !== undefined && none !== '*')
    throw new S3Error('NotImplemented', `Expected If-None-Match to be *, got ${none}`);
  if (none !== undefined && etag !== undefined)
    throw new S3Error('NotImplemented', 'Expected If-Match or If-None-Match, got both');
  return none === '*' ? 'new' : etag === undefined ? undefined : { etag: /^".*"$/.test(etag) ? etag : `"${etag}"` };
}

function isAwsChunked(headers: FastifyRequest['headers']): boolean {
  return (
    String(headers['content-encoding'] ?? '').includes('aws-chunked') ||
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  );
}

function bucketsXml(names: readonly string[]): string {
  return xmlDocument(
    'ListAllMyBucketsResult',
    `<Buckets>${names.map((name) => `<Bucket>${element('Name', name)}</Bucket>`).join('')}</Buckets>`,
  );
}

function notAllowed(request: FastifyRequest): S3Error {
  return new S3Error(
    'MethodNotAllowed',
    `The specified method is not allowed against this resource: ${request.method}`,
  );
}

function sendXml(reply: FastifyReply, xml: string): FastifyReply {
  return reply.type('application/xml').send(xml);
}

function sendError(error: S3Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path = ''] = request.url.split('?');
  reply.code(error.status);
  if (request.method === 'HEAD') return reply.send();
  return sendXml(reply, error.toXml(path, randomUUID()));
}
