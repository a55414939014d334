import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as v from 'valibot';

/** A response, as API Gateway sends it. A header that is sent more than once has a list. */
export interface RestResponse {
  statusCode: number;
  headers: Record<string, string | string[]>;
  body: string;
}

const HeaderValue = v.union([v.string(), v.number(), v.boolean()]);
/** What a function may answer. Any other key is an error. */
const FunctionResponse = v.strictObject({
  statusCode: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{3}$/), v.transform(Number))]),
      v.integer(),
      v.minValue(100),
      v.maxValue(599),
    ),
    200,
  ),
  headers: v.nullish(v.record(v.string(), HeaderValue), {}),
  multiValueHeaders: v.nullish(v.record(v.string(), v.array(HeaderValue)), {}),
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.nullish(v.boolean(), false),
});

// These headers are about one connection; the server sets them itself.
const HOP_BY_HOP = /^(connection|content-length|keep-alive|transfer-encoding|upgrade)$/i;

export const INTERNAL_SERVER_ERROR = gatewayError(502, 'Internal server error', 'InternalServerErrorException');
export const THROTTLED = gatewayError(500, 'Internal server error', 'InternalServerErrorException');
export const UNKNOWN_ROUTE = gatewayError(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException');
export const EVENT_TOO_LARGE = gatewayError(413, 'Request Too Long', 'RequestTooLargeException');
export const TIMED_OUT = gatewayError(504, 'Endpoint request timed out', 'GatewayTimeoutException');
export const HEADERS_TOO_LARGE = gatewayError(431, 'Request Header Fields Too Large', 'BadRequestException');
export const NOT_TEXT = gatewayError(
  400,
  'Expected the body to be text in UTF-8, as there are no binary media types: send other bytes in base64',
  'BadRequestException',
);
export const BODY_TOO_LARGE: RestResponse = {
  statusCode: 413,
  headers: { 'content-type': 'text/plain' },
  body: 'HTTP content length exceeded 10485760 bytes.',
};

/** The answer to a browser that asks what a page of another origin may send (CORS). The function's own answers are not changed. */
export function preflightResponse(headers: Record<string, string>): RestResponse {
  return { statusCode: 200, headers: { 'Content-Type': 'application/json', ...headers }, body: '{}\n' };
}

/** The answer to a request that is refused. Unlike AWS's, it says why. */
export function forbidden(reason: string): RestResponse {
  return gatewayError(403, 'Forbidden', 'ForbiddenException', { reason });
}

/**
 * What API Gateway makes of a function's answer.
 *
 * @param payload JSON, as the function answered it
 * @returns the response; with `malformed`, which says why, where API Gateway answers 502 instead
 */
export function restResponse(payload: Buffer): { response: RestResponse; malformed?: string } {
  const parsed = parse(payload);
  if ('malformed' in parsed) return { response: INTERNAL_SERVER_ERROR, malformed: parsed.malformed };
  const { statusCode, headers, multiValueHeaders, body } = parsed.answer;
  const merged = merge({ headers: headers ?? {}, multiValueHeaders: multiValueHeaders ?? {} });
  const malformed = unsendable(merged);
  if (malformed) return { response: INTERNAL_SERVER_ERROR, malformed };
  // A body marked as base64 goes out as it is: it would be decoded only for a binary media type, and there are none.
  return { response: { statusCode, headers: { 'Content-Type': 'application/json', ...merged }, body: body ?? '' } };
}

/** Content-Type under one name, so that the default can be replaced; on duplicates the multi-value header wins. */
function merge({
  headers,
  multiValueHeaders,
}: Pick<v.InferOutput<typeof FunctionResponse>, 'headers' | 'multiValueHeaders'>) {
  const merged = new Map<string, [name: string, value: string | string[]]>();
  for (const [name, value] of Object.entries(headers ?? {})) merged.set(name.toLowerCase(), [name, String(value)]);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    merged.set(name.toLowerCase(), [name, values.map(String)]);
  }
  const type = merged.get('content-type');
  if (type) merged.set('content-type', ['Content-Type', [type[1]].flat().at(-1) ?? 'application/json']);
  return Object.fromEntries([...merged.values()].filter(([name]) => !HOP_BY_HOP.test(name)));
}

function parse(payload: Buffer): { answer: v.InferOutput<typeof FunctionResponse> } | { malformed: string } {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return { malformed: 'it is not JSON' };
  }
  if (Array.isArray(value)) return { malformed: 'the answer: Expected an object, got a list' };
  const result = v.safeParse(FunctionResponse, value);
  if (result.success) return { answer: result.output };
  const [issue] = result.issues;
  return { malformed: `${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}` };
}

function unsendable(headers: Record<string, string | string[]>): string | undefined {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const one of [value].flat()) validateHeaderValue(name, one);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function gatewayError(statusCode: number, message: string, type: string, more = {}): RestResponse {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type },
    body: JSON.stringify({ message, ...more }),
  };
}
