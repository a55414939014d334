import type { StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import { element, xmlDocument } from './xml.ts';

/** What ListObjectsV2 is asked for. */
export interface ListRequest {
  bucket: string;
  prefix: string;
  delimiter: string;
  maxKeys: number;
  /** List what comes after this key, or after this common prefix and all that is in it. */
  after: string;
  token?: string | undefined;
  encodeKeys: boolean;
}

/**
 * Reads the query of ListObjectsV2.
 *
 * @throws {S3Error} InvalidArgument
 */
export function listRequest(bucket: string, query: URLSearchParams): ListRequest {
  const maxKeys = Number(query.get('max-keys') ?? '1000');
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new S3Error('InvalidArgument', 'Expected max-keys to be 0 or more');
  const token = query.get('continuation-token') ?? undefined;
  return {
    bucket,
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(1000, maxKeys),
    after: token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8'),
    token,
    encodeKeys: query.get('encoding-type') === 'url',
  };
}

/** One page of a listing. Common prefixes count as entries. */
export interface ListPage {
  objects: StoredObject[];
  commonPrefixes: string[];
  nextToken?: string;
}

/** @param objects all that begin with the prefix, in order */
export function listPage(objects: readonly StoredObject[], request: ListRequest): ListPage {
  const { prefix, delimiter, maxKeys, after } = request;
  const page: ListPage = { objects: [], commonPrefixes: [] };
  let last = '';
  for (const object of objects) {
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? object.key : object.key.slice(0, cut + delimiter.length);
    const seen = entry === last || Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0;
    if (seen) continue;
    if (page.objects.length + page.commonPrefixes.length >= maxKeys) {
      return maxKeys === 0 ? page : { ...page, nextToken: Buffer.from(last).toString('base64url') };
    }
    if (cut < 0) page.objects.push(object);
    else page.commonPrefixes.push(entry);
    last = entry;
  }
  return page;
}

export function listXml(page: ListPage, request: ListRequest): string {
  const text = (key: string) => (request.encodeKeys ? encodeURIComponent(key).replaceAll('%2F', '/') : key);
  return xmlDocument(
    'ListBucketResult',
    [
      element('Name', request.bucket),
      element('Prefix', text(request.prefix)),
      ...(request.delimiter ? [element('Delimiter', text(request.delimiter))] : []),
      element('MaxKeys', request.maxKeys),
      ...(request.encodeKeys ? [element('EncodingType', 'url')] : []),
      element('KeyCount', page.objects.length + page.commonPrefixes.length),
      element('IsTruncated', page.nextToken !== undefined),
      ...(request.token === undefined ? [] : [element('ContinuationToken', request.token)]),
      ...(page.nextToken === undefined ? [] : [element('NextContinuationToken', page.nextToken)]),
      ...page.objects.map(
        ({ key, bytes, modified }) =>
          `<Contents>${element('Key', text(key))}${element('LastModified', modified.toISOString())}${element('Size', bytes)}${element('StorageClass', 'STANDARD')}</Contents>`,
      ),
      ...page.commonPrefixes.map((one) => `<CommonPrefixes>${element('Prefix', text(one))}</CommonPrefixes>`),
    ].join(''),
  );
}
