import { RequestError } from '../errors.ts';
import { NotJsonError } from './body.ts';
import type { Incoming } from './event.ts';

/** JSON, or what `curl -d` sends by default. */
const MEDIA_TYPE = /^(application\/json|[\w.!#$&^+-]+\/[\w.!#$&^+-]+\+json|application\/x-www-form-urlencoded)$/;

/**
 * The JSON object in an event.
 *
 * @param example of a request, for the message of an error
 * @throws RequestError INVALID_EVENT, METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE or INVALID_JSON
 */
export function admit({ refusal, method, headers, body }: Incoming, example: string): object {
  if (refusal) throw refusal;
  if (method !== 'POST') throw new RequestError('METHOD_NOT_ALLOWED', `Expected POST, got ${method.slice(0, 20)}`);
  const mediaType = (headers.get('content-type') || 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected the content type application/json, got ${mediaType.slice(0, 100)}`,
    );
  }
  if ('refusal' in body)
    throw body.refusal instanceof NotJsonError ? invalidJson(body.refusal.got, example) : body.refusal;
  const { json } = body;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw invalidJson('other JSON', example);
}

function invalidJson(got: string, example: string): RequestError {
  return new RequestError('INVALID_JSON', `Expected a JSON object such as ${example}, got ${got}`);
}
