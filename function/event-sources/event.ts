import * as v from 'valibot';
import { RequestError } from '../errors.ts';
import { kind } from '../request-schema.ts';
import { type Body, bodyOfJson, readBody } from './body.ts';

/**
 * Who wants the answer, and in which form: an API Gateway or Function URL, or an Application Load Balancer (with one value a header, or lists of them), as an HTTP
 * response; whoever invoked the function directly, as it is; or nobody, as with a queue: then only what shall be tried again is told.
 */
export type Door = 'gateway' | 'balancer' | 'balancer-lists' | 'direct' | 'unattended';

/** An event, whatever door it came through. */
export interface Incoming {
  door: Door;
  method: string;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: Body;
  /** Why it cannot be answered. */
  refusal?: RequestError;
}

const JsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
/** Whatever the caller sent: headers that are no text, or no list of texts, are passed over. */
const Headers = v.nullish(JsonObject, {});
const Envelope = {
  headers: Headers,
  multiValueHeaders: Headers,
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.nullish(v.boolean(), false),
};
type Envelope = v.InferOutput<v.ObjectSchema<typeof Envelope, undefined>>;

/** API Gateway's REST API, or its HTTP API with payload 1.0: header names keep the caller's case. Or a load balancer, which adds `elb`. */
const RestApiEvent = v.pipe(
  v.object({ httpMethod: v.string(), requestContext: v.optional(v.unknown()), ...Envelope }),
  v.transform(({ httpMethod, requestContext, ...envelope }) =>
    proxied(isOfBalancer(requestContext) ? balancerDoor(envelope) : 'gateway', httpMethod, envelope),
  ),
);

/** API Gateway's HTTP API with payload 2.0, or a Function URL. */
const HttpApiEvent = v.pipe(
  v.object({
    version: v.literal('2.0'),
    requestContext: v.object({ http: v.object({ method: v.string() }) }),
    ...Envelope,
  }),
  v.transform(({ requestContext, ...envelope }) => proxied('gateway', requestContext.http.method, envelope)),
);

/** A notification of SNS, which always brings one message: its text is the request. */
const Notification = v.pipe(
  v.object({
    Records: v.strictTuple([v.object({ EventSource: v.literal('aws:sns'), Sns: v.object({ Message: v.string() }) })]),
  }),
  v.transform(({ Records: [{ Sns }] }) => message(Sns.Message)),
);

/** An event of EventBridge: its `detail` is the request. */
const BusEvent = v.pipe(
  v.object({ 'detail-type': v.string(), source: v.string(), detail: JsonObject }),
  v.transform(({ detail }) => posted('unattended', bodyOfJson(detail))),
);

/** What an event of a proxy has, and a request never. */
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

/** What an event says. One that cannot be read is refused with INVALID_EVENT, and kept whole. */
export function readEvent(event: unknown): Incoming {
  const result = v.safeParse(Event, event);
  if (result.success) return result.output;
  const found = proxyKeys(event).map((key) => `${key}: ${kind((event as Record<string, unknown>)[key])}`);
  const refusal = new RequestError(
    'INVALID_EVENT',
    'Expected an event of a REST API or a load balancer (httpMethod, headers, body), of an HTTP API or Function URL (version 2.0, ' +
      `requestContext.http.method, headers, body), or a request by itself; got ${found.join(', ')}`,
  );
  return { ...posted('gateway', bodyOfJson(event)), refusal };
}

/** A message of a queue or a topic: its text is the request. */
export function message(text: string): Incoming {
  return posted('unattended', readBody({ body: text, isBase64Encoded: false }));
}

function posted(door: Door, body: Body): Incoming {
  return { door, method: 'POST', headers: new Map(), body };
}

function proxied(door: Door, method: string, envelope: Envelope): Incoming {
  const headers = headersOf(envelope);
  const { body, isBase64Encoded } = envelope;
  const [contentType, contentEncoding] = [headers.get('content-type'), headers.get('content-encoding')];
  return { door, method, headers, body: readBody({ body, isBase64Encoded, contentType, contentEncoding }) };
}

/** Of a header that came more than once, the last value: the one that API Gateway has in `headers`. */
function headersOf({ headers, multiValueHeaders }: Envelope): Map<string, string> {
  const lists = Object.entries(multiValueHeaders).map(([name, values]) => [name, [values].flat().at(-1)] as const);
  const all = [...lists, ...Object.entries(headers)];
  return new Map(all.flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])));
}

/** Whether an event's `requestContext` is that of an Application Load Balancer. */
export function isOfBalancer(requestContext: unknown): boolean {
  return typeof requestContext === 'object' && requestContext !== null && Object.hasOwn(requestContext, 'elb');
}

/** A balancer that sends lists of values takes no others. */
export function balancerDoor({ multiValueHeaders }: Pick<Envelope, 'multiValueHeaders'>): Door {
  return Object.keys(multiValueHeaders).length > 0 ? 'balancer-lists' : 'balancer';
}
