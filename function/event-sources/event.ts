import * as v from 'valibot';
import { isOfBalancer } from '../../capture/sender.ts';
import { RequestError } from '../errors.ts';
import { kind } from '../request-schema.ts';
import { type Body, bodyOfJson, readBody } from './body.ts';

/**
 * What sent an event, and with it the form of the response:
 *
 * - `api-gateway`: API Gateway or a Function URL, which get an HTTP response.
 * - `load-balancer`, `load-balancer-multi-value`: an Application Load Balancer without and with multi-value headers, which gets an HTTP response of its own form.
 * - `direct`: Lambda's Invoke API. The caller gets the body of the answer.
 * - `asynchronous`: SNS, EventBridge or SQS. Nobody gets the answer; Lambda is told only what to try again.
 */
export type EventSource = 'api-gateway' | 'load-balancer' | 'load-balancer-multi-value' | 'direct' | 'asynchronous';

/** A request, as an event of any source brings it. */
export interface Incoming {
  source: EventSource;
  method: string;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: Body;
  /** Why the event cannot be read. Absent: it could be. */
  refusal?: RequestError;
}

const JsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
/** Headers that are not text, or not a list of texts, are ignored. */
const Headers = v.nullish(JsonObject, {});
const Envelope = {
  headers: Headers,
  multiValueHeaders: Headers,
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.nullish(v.boolean(), false),
};
type Envelope = v.InferOutput<v.ObjectSchema<typeof Envelope, undefined>>;

/** API Gateway's REST API, or its HTTP API with payload format 1.0: header names keep the caller's case. A load balancer sends the same with `elb`. */
const RestApiEvent = v.pipe(
  v.object({ httpMethod: v.string(), requestContext: v.optional(v.unknown()), ...Envelope }),
  v.transform(({ httpMethod, requestContext, ...envelope }) =>
    proxied(isOfBalancer(requestContext) ? balancerSource(envelope) : 'api-gateway', httpMethod, envelope),
  ),
);

/** API Gateway's HTTP API with payload format 2.0, or a Function URL. */
const HttpApiEvent = v.pipe(
  v.object({
    version: v.literal('2.0'),
    requestContext: v.object({ http: v.object({ method: v.string() }) }),
    ...Envelope,
  }),
  v.transform(({ requestContext, ...envelope }) => proxied('api-gateway', requestContext.http.method, envelope)),
);

/** A notification of SNS. It always has one message, whose text is the request. */
const Notification = v.pipe(
  v.object({
    Records: v.strictTuple([v.object({ EventSource: v.literal('aws:sns'), Sns: v.object({ Message: v.string() }) })]),
  }),
  v.transform(({ Records: [{ Sns }] }) => message(Sns.Message)),
);

/** An event of EventBridge: its `detail` is the request. */
const BusEvent = v.pipe(
  v.object({ 'detail-type': v.string(), source: v.string(), detail: JsonObject }),
  v.transform(({ detail }) => posted('asynchronous', bodyOfJson(detail))),
);

/** Keys of a proxy's event, which no request has. */
const PROXY_KEYS = [
  ...['httpMethod', 'requestContext', 'routeKey', 'rawPath', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'],
];
const proxyKeys = (event: unknown) =>
  typeof event === 'object' && event !== null ? PROXY_KEYS.filter((key) => Object.hasOwn(event, key)) : [];

/** Lambda's Invoke: the event is the request. */
const DirectEvent = v.pipe(
  v.unknown(),
  v.check((event) => proxyKeys(event).length === 0),
  v.transform((event) => posted('direct', bodyOfJson(event))),
);

const Event = v.union([HttpApiEvent, RestApiEvent, Notification, BusEvent, DirectEvent]);

/** Reads an event. One that cannot be read has the refusal INVALID_EVENT, and the whole event as its body. */
export function readEvent(event: unknown): Incoming {
  const result = v.safeParse(Event, event);
  if (result.success) return result.output;
  const found = proxyKeys(event).map((key) => `${key}: ${kind((event as Record<string, unknown>)[key])}`);
  const refusal = new RequestError(
    'INVALID_EVENT',
    'Expected an event of a REST API or a load balancer (httpMethod, headers, body), of an HTTP API or Function URL (version 2.0, ' +
      `requestContext.http.method, headers, body), or a request by itself; got ${found.join(', ')}`,
  );
  return { ...posted('api-gateway', bodyOfJson(event)), refusal };
}

/** A message of a queue or a topic: its text is the request. */
export function message(text: string): Incoming {
  return posted('asynchronous', readBody({ body: text, isBase64Encoded: false }));
}

function posted(source: EventSource, body: Body): Incoming {
  return { source, method: 'POST', headers: new Map(), body };
}

function proxied(source: EventSource, method: string, envelope: Envelope): Incoming {
  const headers = headersOf(envelope);
  const { body, isBase64Encoded } = envelope;
  const [contentType, contentEncoding] = [headers.get('content-type'), headers.get('content-encoding')];
  return { source, method, headers, body: readBody({ body, isBase64Encoded, contentType, contentEncoding }) };
}

/** The headers by lower-case name. Where a header came more than once, the last value counts, which is the one that API Gateway has in `headers`. */
function headersOf({ headers, multiValueHeaders }: Envelope): Map<string, string> {
  const lists = Object.entries(multiValueHeaders).map(([name, values]) => [name, [values].flat().at(-1)] as const);
  const all = [...lists, ...Object.entries(headers)];
  return new Map(all.flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])));
}

/** A load balancer that sends multi-value headers takes a response with multi-value headers only. */
export function balancerSource({ multiValueHeaders }: Pick<Envelope, 'multiValueHeaders'>): EventSource {
  return Object.keys(multiValueHeaders).length > 0 ? 'load-balancer-multi-value' : 'load-balancer';
}
