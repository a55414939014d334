import { mayBeRetried, type RequestError } from '../errors.ts';
import type { Door } from './event.ts';

/** What API Gateway and a Function URL make an HTTP response of. */
export interface ProxyResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** What an Application Load Balancer makes one of. */
export interface BalancerResponse extends Omit<ProxyResponse, 'headers'> {
  /** As in `200 OK`. */
  statusDescription: string;
  isBase64Encoded: false;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
}

/** What is to be said, whatever the door. */
export interface Result {
  status: number;
  body: object;
  /** The body as JSON, as it is captured. */
  json: string;
  /** Why there is no answer; or, of many questions, why some have none. */
  error?: RequestError | undefined;
  /** The id of the record, if it is sure that there is one. */
  eventId?: string | undefined;
}

/** An invocation that failed, as Lambda tells it: `errorType` is a code of docs/errors.md. It has no stack: that would go to the caller. */
export class FunctionError extends Error {
  constructor({ code, message }: RequestError) {
    super(message);
    this.name = code;
    this.stack = `${code}: ${message}`;
  }
}

/**
 * Whether nobody would learn that the request has to come again, unless the invocation fails: Lambda tries asynchronous invocations again and has dead-letter
 * queues, Step Functions retries. An answer with some questions unanswered is one to a direct caller, who sees it; where nobody does, it is not.
 */
export function mustFail(door: Door, { status, error }: Pick<Result, 'status' | 'error'>): boolean {
  if (error === undefined || !mayBeRetried(error.code)) return false;
  return door === 'unattended' || (door === 'direct' && status !== 200);
}

/**
 * A result in the form of its door. A direct invocation gets the body alone: who sent it knows the record by Lambda's request id or
 * by an `inference_id` of his own.
 *
 * @throws FunctionError where an error may be retried and the door has no status to tell it
 */
export function respond(door: Door, result: Result): ProxyResponse | BalancerResponse | Result['body'] {
  const { status, body, json, eventId, error } = result;
  if (mustFail(door, result)) throw new FunctionError(error!);
  if (door === 'direct' || door === 'unattended') return body;
  const headers = {
    'content-type': 'application/json',
    ...(eventId !== undefined && { 'x-capture-event-id': eventId }),
    ...(status === 405 && { allow: 'POST' }),
  };
  if (door === 'gateway') return { statusCode: status, headers, body: json };
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    statusCode: status,
    statusDescription: `${status} ${REASONS[status]}`,
    ...(door === 'balancer' ? { headers } : { multiValueHeaders: lists }),
    body: json,
    isBase64Encoded: false,
  };
}

/** Not those of node:http, which a start would have to load. */
const REASONS: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
