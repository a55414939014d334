import type { CapturedPayload } from '../capture/exchange.ts';
import { isJson } from '../capture/json.ts';

/** Content together with its type. An object with exactly these two keys is taken as this. */
export interface TypedContent {
  contentType: string;
  /** Text, bytes, or any JSON value. */
  data: unknown;
}

/** Which content types are kept as what; everything else, and whatever is not what its type says, is kept as BASE64. */
export interface ContentTypes {
  /** Media types that are kept as JSON, such as `application/json`. @default application/json, and those that end in +json */
  jsonContentTypes?: readonly string[] | undefined;
  /** Media types that are kept as text, such as `text/csv`. @default those that begin with text/ */
  csvContentTypes?: readonly string[] | undefined;
}

const MAX_CONTENT_TYPE_LENGTH = 256;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Stands for a payload that could not be made. It has no JSON, so the client counts its record as `invalid`: the loss is reported like any other.
 */
export const UNREADABLE: CapturedPayload = {
  contentType: '',
  encoding: 'BASE64',
  get data(): string {
    throw new Error('Expected a payload, got none');
  },
};

/**
 * Content as it is captured. Without a type, text is `application/json` if it is JSON and else `text/plain`, bytes are
 * `application/octet-stream`, and any other value is JSON.
 *
 * @param content text, bytes, any JSON value, or {@link TypedContent}
 * @throws Error where the value has no JSON: a BigInt, a cycle, too many levels
 */
export function payloadOf(content: unknown, types: ContentTypes): CapturedPayload {
  const { contentType: given, data } = isTyped(content) ? content : { contentType: '', data: content };
  const named = given.slice(0, MAX_CONTENT_TYPE_LENGTH).toWellFormed();
  if (data instanceof Uint8Array) return ofBytes(data, named || 'application/octet-stream', types);
  if (typeof data === 'string') {
    return ofText(data, named || (isJson(data) ? 'application/json' : 'text/plain'), types);
  }
  return ofText(jsonOf(data), named || 'application/json', types);
}

function ofText(text: string, contentType: string, types: ContentTypes): CapturedPayload {
  const encoding = encodingOf(contentType, types);
  if (encoding === 'BASE64' || (encoding === 'JSON' && !isJson(text))) return inBase64(Buffer.from(text), contentType);
  return { contentType, encoding, data: text };
}

function ofBytes(bytes: Uint8Array, contentType: string, types: ContentTypes): CapturedPayload {
  const text = encodingOf(contentType, types) === 'BASE64' ? undefined : decoded(bytes);
  return text === undefined ? inBase64(bytes, contentType) : ofText(text, contentType, types);
}

function inBase64(bytes: Uint8Array, contentType: string): CapturedPayload {
  const { buffer, byteOffset, byteLength } = bytes;
  return { contentType, encoding: 'BASE64', data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}

function encodingOf(contentType: string, { jsonContentTypes, csvContentTypes }: ContentTypes) {
  const type = mediaType(contentType);
  const isOneOf = (list: readonly string[] | undefined, byDefault: RegExp) =>
    list === undefined ? byDefault.test(type) : list.some((one) => mediaType(one) === type);
  if (isOneOf(jsonContentTypes, /^application\/json$|\+json$/)) return 'JSON';
  return isOneOf(csvContentTypes, /^text\//) ? 'CSV' : 'BASE64';
}

/** Without its parameters, such as a charset. */
function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase();
}

function isTyped(content: unknown): content is TypedContent {
  if (typeof content !== 'object' || content === null || Object.keys(content).length !== 2) return false;
  return 'contentType' in content && 'data' in content && typeof content.contentType === 'string';
}

function jsonOf(value: unknown): string {
  const json = JSON.stringify(value ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`Expected a value that JSON has, got a ${typeof value}`);
  return json;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
