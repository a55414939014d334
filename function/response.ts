import type { AnswerBody } from './answering.ts';
import type { ErrorBody } from './errors.ts';
import type { Door } from './event.ts';

/** What API Gateway and a Function URL make an HTTP response of. */
export interface ProxyResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** What is to be said, whatever the door. */
export interface Result {
  status: number;
  body: AnswerBody | ErrorBody;
  /** The body as JSON, as it is captured. */
  json: string;
}

/**
 * A result in the form of its door. A direct invocation gets the body alone: who sent it knows the record by Lambda's request id or
 * by an `inference_id` of his own.
 */
export function respond(door: Door, { status, body, json }: Result, eventId: string): ProxyResponse | Result['body'] {
  if (door === 'direct') return body;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-capture-event-id': eventId };
  if (status === 405) headers['allow'] = 'POST';
  return { statusCode: status, headers, body: json };
}
