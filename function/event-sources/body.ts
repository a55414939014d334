import { isJson } from '../../capture/json.ts';
import type { Payload } from '../../capture/record.ts';
import { RequestError } from '../errors.ts';

/** Most bytes of a body. A model needs longer for so much text than API Gateway ever waits. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The body of a request: as it is captured, with its JSON or why it is refused. */
export type Body = { payload: Payload } & ({ json: unknown } | { refusal: RequestError | NotJsonError });

/** A body is not JSON. The task says what it should look like: see admission.ts. */
export class NotJsonError extends Error {
  override name = 'NotJsonError';
  readonly code = 'INVALID_JSON';
  readonly got: string;

  /** @param got what came instead */
  constructor(got: string) {
    super(`Expected JSON, got ${got}`);
    this.got = got;
  }
}

/** A body as the event has it, and the headers that say how to read it. */
export interface RawBody {
  body: string;
  isBase64Encoded: boolean;
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
}

const STANDARD_BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const UTF8_NAMES = ['utf-8', 'utf8', 'us-ascii', 'ascii'];
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a body. A body that is JSON is captured as its text, decompressed and without a byte order mark. Any other is captured as the BASE64 of the bytes that came, so
 * that the record never claims to be JSON when it is not.
 */
export function readBody({ body, isBase64Encoded, contentType = '', contentEncoding = '' }: RawBody): Body {
  const stored = contentType.slice(0, 256).toWellFormed() || 'application/json';
  const asItCame = (): Payload => ({
    contentType: stored,
    encoding: 'BASE64',
    data: isBase64Encoded && isBase64(body) ? body : Buffer.from(body).toString('base64'),
  });
  try {
    const text = textOf(body, isBase64Encoded, codingOf(contentEncoding), charsetOf(contentType));
    return { payload: { contentType: stored, encoding: 'JSON', data: text }, json: parsed(text) };
  } catch (error) {
    if (error instanceof RequestError || error instanceof NotJsonError) return { payload: asItCame(), refusal: error };
    throw error;
  }
}

/** The body of a request that Lambda has parsed already: the event itself, or a part of it. */
export function bodyOfJson(json: unknown): Body {
  const payload = { contentType: 'application/json', encoding: 'JSON' } as const;
  let data: string;
  try {
    data = JSON.stringify(json ?? null);
  } catch {
    // Lambda's runtime can parse JSON that is nested too deeply for JSON.stringify.
    const refusal = new RequestError('INVALID_EVENT', 'Expected a request, got JSON with too many levels');
    return { payload: { ...payload, encoding: 'BASE64', data: '' }, refusal };
  }
  const bytes = Buffer.byteLength(data);
  return { payload: { ...payload, data }, ...(bytes > MAX_BODY_BYTES ? { refusal: tooLarge(bytes) } : { json }) };
}

/** @throws RequestError BODY_TOO_LARGE or UNSUPPORTED_MEDIA_TYPE; NotJsonError */
function textOf(body: string, isBase64Encoded: boolean, coding: string, charset: string): string {
  const bytesSent = isBase64Encoded ? Buffer.byteLength(body, 'base64') : Buffer.byteLength(body);
  if (bytesSent > MAX_BODY_BYTES) throw tooLarge(bytesSent);
  if (coding !== 'identity' && coding !== 'gzip') {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected the content encoding gzip or none, got ${coding.slice(0, 100)}`,
    );
  }
  if (!UTF8_NAMES.includes(charset)) {
    throw new RequestError('UNSUPPORTED_MEDIA_TYPE', `Expected the charset utf-8, got ${charset.slice(0, 100)}`);
  }
  if (!isBase64Encoded) {
    // A gateway that hands over text has decoded the bytes as UTF-8, so compressed bytes are lost.
    if (coding === 'gzip' && !isJson(body)) {
      throw new RequestError(
        'UNSUPPORTED_MEDIA_TYPE',
        'Expected a compressed body in BASE64, got text: configure the content type as binary in the gateway',
      );
    }
    return body.replace(/^\ufeff/, '').toWellFormed();
  }
  if (!isBase64(body)) throw new NotJsonError('what is no BASE64');
  const bytes = Buffer.from(body, 'base64');
  try {
    return UTF8.decode(coding === 'gzip' ? decompressed(bytes) : bytes);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new NotJsonError('bytes that are no UTF-8');
  }
}

function decompressed(bytes: Buffer): Buffer {
  // Loaded on demand: few bodies are compressed, and loading it would slow down every start.
  const { gunzipSync } = process.getBuiltinModule('node:zlib');
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw new NotJsonError('what is no gzip');
    throw tooLarge('more when decompressed');
  }
}

function tooLarge(bytes: number | string): RequestError {
  return new RequestError('BODY_TOO_LARGE', `Expected at most ${MAX_BODY_BYTES} bytes, got ${bytes}`);
}

/** BASE64 as every standard encoder writes it: with padding, in the alphabet with + and /. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && STANDARD_BASE64.test(text);
}

function codingOf(contentEncoding: string): string {
  const coding = contentEncoding.trim().toLowerCase() || 'identity';
  return coding === 'x-gzip' ? 'gzip' : coding;
}

function charsetOf(contentType: string): string {
  for (const parameter of contentType.split(';').slice(1)) {
    const [name, value] = parameter.split('=', 2);
    if (name!.trim().toLowerCase() !== 'charset') continue;
    const charset = (value ?? '').trim().toLowerCase();
    return charset.startsWith('"') && charset.endsWith('"') ? charset.slice(1, -1) : charset;
  }
  return 'utf-8';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold personal data.
    throw new NotJsonError('no JSON');
  }
}
