import * as v from 'valibot';
import type { Payload } from '../capture/record.ts';
import { RequestError } from './errors.ts';

/** What we read of an API Gateway REST event (payload 1.0). Header names keep the caller's case. */
const RestEvent = v.object({
  httpMethod: v.string(),
  headers: v.nullish(v.record(v.string(), v.string())),
  body: v.nullish(v.string()),
  isBase64Encoded: v.optional(v.boolean(), false),
});

/**
 * The body of an event as it is captured: the text that the caller sent, or BASE64 of bytes that are no UTF-8.
 *
 * @throws RequestError INVALID_EVENT
 */
export function eventBody(event: unknown): Payload {
  const result = v.safeParse(RestEvent, event);
  if (!result.success) {
    const [issue] = result.issues;
    throw new RequestError(
      'INVALID_EVENT',
      `Expected ${issue.expected} at "${v.getDotPath(issue) ?? 'event'}", got ${issue.received}`,
    );
  }
  const { headers, body, isBase64Encoded } = result.output;
  const contentType = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const payload = { contentType: contentType?.slice(0, 256) ?? 'application/json', data: body ?? '' };
  if (!isBase64Encoded) return { ...payload, encoding: 'JSON' };
  try {
    return { ...payload, encoding: 'JSON', data: UTF8.decode(Buffer.from(payload.data, 'base64')) };
  } catch {
    return { ...payload, encoding: 'BASE64' };
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
