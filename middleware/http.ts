import type { Answer } from './options.ts';
import type { TypedContent } from './payload.ts';

/** The body of an event or of a response, and what says how to read it. */
interface Message {
  body?: unknown;
  isBase64Encoded?: unknown;
  headers?: unknown;
  multiValueHeaders?: unknown;
}

/**
 * What is captured of an event by default: the body of an HTTP request, which API Gateway (both payload formats), a Function URL or a load
 * balancer sends; and the whole of any other event.
 */
export function contentOfEvent(event: unknown): unknown {
  return isObject(event) && 'requestContext' in event && 'body' in event ? contentOfMessage(event) : event;
}

/** What is captured of a result by default: the body of an HTTP response, which has a `statusCode`; and the whole of any other result, with status 200. */
export function answerOfResult(result: unknown): Answer {
  if (!isObject(result) || !('statusCode' in result)) return { output: result, status: 200 };
  const status = Number(result.statusCode);
  const isStatus = Number.isInteger(status) && status >= 100 && status <= 599;
  return { output: contentOfMessage(result), status: isStatus ? status : 200 };
}

function contentOfMessage(message: object): unknown {
  const { body, isBase64Encoded } = message as Message;
  const data = typeof body === 'string' && isBase64Encoded === true ? Buffer.from(body, 'base64') : (body ?? '');
  const contentType = headersOf(message).get('content-type');
  return contentType === undefined ? data : ({ contentType, data } satisfies TypedContent);
}

/** The headers of an event or a response, by lower-case name. A header that came more than once has its last value. */
export function headersOf(message: unknown): Map<string, string> {
  const found = new Map<string, string>();
  if (!isObject(message)) return found;
  const { headers, multiValueHeaders } = message as Message;
  for (const map of [multiValueHeaders, headers]) {
    if (!isObject(map)) continue;
    for (const [name, value] of Object.entries(map)) {
      const last = Array.isArray(value) ? value.at(-1) : value;
      if (typeof last === 'string') found.set(name.toLowerCase(), last);
    }
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
