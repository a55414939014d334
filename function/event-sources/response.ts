import { mayBeRetried, type RequestError } from '../errors.ts';
import type { EventSource } from './event.ts';

/** The response to API Gateway or a Function URL, as payload formats 1.0 and 2.0 both take it. */
export interface ProxyResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** The response to an Application Load Balancer. */
export interface BalancerResponse extends Omit<ProxyResponse, 'headers'> {
  /** As in `200 OK`. */
  statusDescription: string;
  isBase64Encoded: false;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
}

/** The result of a request, from any event source. */
export interface Result {
  status: number;
  body: object;
  /** The body as JSON, as it is captured. */
  json: string;
  /** Why there is no answer; or, for many inputs, why one of them has none. */
  error?: RequestError | undefined;
  /** The id of the record, if the extension has accepted it. */
  eventId?: string | undefined;
}

/** An error that makes the invocation fail. Lambda hands its name on as `errorType`: a code of docs/errors.md. It has no stack, as that would go to the caller. */
export class FunctionError extends Error {
  constructor({ code, message }: RequestError) {
    super(message);
    this.name = code;
    this.stack = `${code}: ${message}`;
  }
}

/**
 * Whether the invocation must fail, as nothing else would make Lambda or the caller try again: Lambda retries asynchronous invocations and has dead-letter queues, Step
 * Functions retries by error. A direct caller sees an answer in which some inputs have an error, so that invocation does not fail.
 */
export function mustFail(source: EventSource, { status, error }: Pick<Result, 'status' | 'error'>): boolean {
  if (error === undefined || !mayBeRetried(error.code)) return false;
  return source === 'asynchronous' || (source === 'direct' && status !== 200);
}

/**
 * The response in the form that the event source takes. A direct invocation gets the body alone: its caller finds the record by Lambda's request id, or by an
 * `inference_id` that was in the request.
 *
 * @throws FunctionError where an error may be retried and the response has no status that says so
 */
export function respond(source: EventSource, result: Result): ProxyResponse | BalancerResponse | Result['body'] {
  const { status, body, json, eventId, error } = result;
  if (mustFail(source, result)) throw new FunctionError(error!);
  if (source === 'direct' || source === 'asynchronous') return body;
  const headers = {
    'content-type': 'application/json',
    ...(eventId !== undefined && { 'x-capture-event-id': eventId }),
    ...(status === 405 && { allow: 'POST' }),
  };
  if (source === 'api-gateway') return { statusCode: status, headers, body: json };
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    statusCode: status,
    statusDescription: `${status} ${REASONS[status]}`,
    ...(source === 'load-balancer' ? { headers } : { multiValueHeaders: lists }),
    body: json,
    isBase64Encoded: false,
  };
}

/** The reason phrases. `node:http` has them too, but a start would have to load it. */
const REASONS: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
