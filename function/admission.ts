import type { Payload } from '../capture/record.ts';
import { RequestError } from './errors.ts';
import { bodyBytes, type Incoming, MAX_BODY_BYTES } from './event.ts';

/** JSON, or what `curl -d` sends for want of anything better. */
const MEDIA_TYPE = /^(application\/json|[\w.!#$&^+-]+\/[\w.!#$&^+-]+\+json|application\/x-www-form-urlencoded)$/;

/**
 * The JSON object that an event brings.
 *
 * @throws RequestError INVALID_EVENT, METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE or INVALID_JSON
 */
export function admit({ refusal, method, headers, body }: Incoming): object {
  if (refusal) throw refusal;
  if (method !== 'POST') throw new RequestError('METHOD_NOT_ALLOWED', `Expected POST, got ${method.slice(0, 20)}`);
  const [mediaType] = (headers.get('content-type') || 'application/json').toLowerCase().split(/\s*;/) as [string];
  if (!MEDIA_TYPE.test(mediaType)) {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected the content type application/json, got ${mediaType.slice(0, 100)}`,
    );
  }
  if (bodyBytes(body) > MAX_BODY_BYTES) {
    throw new RequestError('BODY_TOO_LARGE', `Expected at most ${MAX_BODY_BYTES} bytes, got ${bodyBytes(body)}`);
  }
  return parseObject(body);
}

function parseObject({ data, encoding }: Payload): object {
  if (encoding === 'BASE64') throw invalidJson('bytes that are no UTF-8');
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    // The parser's own message quotes the body, which may hold personal data.
    throw invalidJson('no JSON');
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw invalidJson('other JSON');
}

function invalidJson(received: string): RequestError {
  return new RequestError(
    'INVALID_JSON',
    `Expected a JSON object such as {"question": "...", "context": "..."}, got ${received}`,
  );
}
