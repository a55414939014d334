import * as v from 'valibot';
import type { Payload } from '../capture/record.ts';
import { RequestError } from './errors.ts';
import { kind } from './issues.ts';

/** Most bytes of a body: more text than a model reads before any time-out of API Gateway. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Who wants the answer: a proxy, as an HTTP response; or whoever invoked the function directly, as it is. */
export type Door = 'proxy' | 'direct';

/** An event, whatever door it came through. */
export interface Incoming {
  door: Door;
  method: string;
  /** By lower-case name. */
  headers: Map<string, string>;
  /** The request as it is captured: the text that the caller sent, or BASE64 of bytes that are no UTF-8 or too many. */
  body: Payload;
  /** Why it cannot be answered. */
  refusal?: RequestError;
}

const Envelope = {
  headers: v.nullish(v.record(v.string(), v.string()), {}),
  body: v.nullish(v.string(), ''),
  isBase64Encoded: v.optional(v.boolean(), false),
};

/** API Gateway's REST API, or its HTTP API with payload 1.0. Header names keep the caller's case. */
const RestApiEvent = v.pipe(
  v.object({ httpMethod: v.string(), ...Envelope }),
  v.transform(({ httpMethod, ...envelope }) => proxied(httpMethod, envelope)),
);

/** API Gateway's HTTP API with payload 2.0, or a Function URL. */
const HttpApiEvent = v.pipe(
  v.object({
    version: v.literal('2.0'),
    requestContext: v.object({ http: v.object({ method: v.string() }) }),
    ...Envelope,
  }),
  v.transform(({ requestContext, ...envelope }) => proxied(requestContext.http.method, envelope)),
);

/** What an event of a proxy has, and a request never. */
const PROXY_KEYS = ['httpMethod', 'requestContext', 'routeKey', 'rawPath', 'headers', 'body', 'isBase64Encoded'];
const proxyKeys = (event: unknown) =>
  typeof event === 'object' && event !== null ? PROXY_KEYS.filter((key) => Object.hasOwn(event, key)) : [];

/** Lambda's Invoke: the event is the request. */
const DirectEvent = v.pipe(
  v.unknown(),
  v.check((event) => proxyKeys(event).length === 0),
  v.transform(direct),
);

const Event = v.union([HttpApiEvent, RestApiEvent, DirectEvent]);

/** What an event says. One that cannot be read is refused with INVALID_EVENT, and kept whole. */
export function readEvent(event: unknown): Incoming {
  const result = v.safeParse(Event, event);
  if (result.success) return result.output;
  const found = proxyKeys(event).map((key) => `${key}: ${kind((event as Record<string, unknown>)[key])}`);
  return refused(
    { ...direct(event), door: 'proxy' },
    'an event of a REST API (httpMethod, headers, body), of an HTTP API or Function URL (version 2.0, ' +
      `requestContext.http.method, headers, body), or a request by itself; got ${found.join(', ')}`,
  );
}

function proxied(method: string, envelope: v.InferOutput<v.ObjectSchema<typeof Envelope, undefined>>): Incoming {
  const headers = new Map(Object.entries(envelope.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = headers.get('content-type')?.slice(0, 256) || 'application/json';
  const text = envelope.isBase64Encoded ? decoded(envelope.body ?? '') : (envelope.body ?? '');
  const body: Payload =
    text === undefined
      ? { contentType, encoding: 'BASE64', data: envelope.body ?? '' }
      : { contentType, encoding: 'JSON', data: text };
  return { door: 'proxy', method, headers, body };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text in BASE64; undefined where it is too long, or bytes that are no UTF-8. */
function decoded(base64: string): string | undefined {
  if (base64Bytes(base64) > MAX_BODY_BYTES) return undefined;
  try {
    return UTF8.decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/** About how many bytes a text in BASE64 stands for. */
const base64Bytes = (base64: string) => Math.floor((base64.length * 3) / 4) - 2;

/** How many bytes a body has. */
export function bodyBytes({ encoding, data }: Payload): number {
  return encoding === 'BASE64' ? base64Bytes(data) : Buffer.byteLength(data);
}

function direct(event: unknown): Incoming {
  const incoming = (data: string): Incoming => ({
    door: 'direct',
    method: 'POST',
    headers: new Map(),
    body: { contentType: 'application/json', encoding: 'JSON', data },
  });
  try {
    return incoming(JSON.stringify(event) ?? '');
  } catch {
    // Lambda's runtime reads JSON that is nested deeper than JSON.stringify can write.
    return refused(incoming(''), 'a request, got JSON that is nested too deeply');
  }
}

function refused(incoming: Incoming, expected: string): Incoming {
  return { ...incoming, refusal: new RequestError('INVALID_EVENT', `Expected ${expected}`) };
}
