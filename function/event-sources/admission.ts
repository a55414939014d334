import { RequestError } from '../errors.ts';
import { invalidJson } from './body.ts';
import type { Incoming } from './event.ts';

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
  const mediaType = (headers.get('content-type') || 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected the content type application/json, got ${mediaType.slice(0, 100)}`,
    );
  }
  if ('refusal' in body) throw body.refusal;
  const { json } = body;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw invalidJson('other JSON');
}
