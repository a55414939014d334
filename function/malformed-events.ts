/** What tests feed to the handler: events that no caller should send, and some do. */
import fc from 'fast-check';

const QUESTION = { question: 'Where do I live?', context: 'I live in Berlin.' };
const REQUESTS: object[] = [
  QUESTION,
  { ...QUESTION, top_k: 3, align_to_words: false, inference_id: 'a' },
  { ...QUESTION, question: ['Who?', 'Where?'] },
  { inputs: QUESTION, parameters: { top_k: 2, max_seq_len: 256 } },
  { inputs: [QUESTION, QUESTION], parameters: {} },
];

/** The doors, each around a request. */
const DOORS: ((body: string | undefined, base64?: boolean) => unknown)[] = [
  (body, isBase64Encoded = false) => ({
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Inference-Id': 'label-1' },
    requestContext: { requestId: 'a' },
    body,
    isBase64Encoded,
  }),
  (body, isBase64Encoded = false) => ({
    httpMethod: 'POST',
    multiValueHeaders: { 'content-type': ['application/json'], 'x-inference-id': ['label-1'] },
    requestContext: { elb: { targetGroupArn: 'a' } },
    body,
    isBase64Encoded,
  }),
  (body, isBase64Encoded = false) => ({
    httpMethod: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    requestContext: { elb: { targetGroupArn: 'a' } },
    body,
    isBase64Encoded,
  }),
  (body = '') => ({
    Records: ['m1', 'm2'].map((messageId) => ({ messageId, body, eventSource: 'aws:sqs' })),
  }),
  (body = '') => ({ Records: [{ EventSource: 'aws:sns', Sns: { Message: body } }] }),
  (body = '') => ({ 'detail-type': 'Asked', source: 'my.app', detail: { ...parsedObject(body) } }),
  (body, isBase64Encoded = false) => ({
    version: '2.0',
    routeKey: '$default',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST', path: '/' } },
    body,
    isBase64Encoded,
  }),
];

/** What there is of a JSON object in a text. */
function parsedObject(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Keys that mean something to us or to JavaScript. */
const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', 'length', '0'],
  ...['question', 'context', 'inputs', 'parameters', 'top_k', 'inference_id', 'max_seq_len', 'align_to_words'],
  ...['body', 'headers', 'httpMethod', 'version', 'requestContext', 'http', 'method', 'isBase64Encoded'],
  ...['content-type', 'Content-Type', 'x-inference-id', 'content-encoding', 'multiValueHeaders', 'elb', 'user-agent'],
  ...[
    'Records',
    'eventSource',
    'messageId',
    'EventSource',
    'Sns',
    'Message',
    'detail',
    'detail-type',
    'source',
    'warmer',
  ],
];

/** JSON texts of values that no schema of ours expects where they come, apart by bars. */
const ODD = String.raw`
null|true|""|" "|"\ud800"|"\u0000"|[]|{}|[[]]|[null]|0|-0|-1|1.5|1e400|9007199254740993
"POST"|"GET"|"2.0"|"text/plain"|"application/json; charset=latin1"|"gzip"|"br"|"ELB-HealthChecker/2.0"
"aws:sqs"|"aws:sns"|"Scheduled Event"|"serverless-plugin-warmup"|{"question":null}|{"__proto__":{"question":"a","context":"b"}}
"${'x'.repeat(300)}"|${'['.repeat(300)}${']'.repeat(300)}|[${'1,'.repeat(200)}1]`
  .trim()
  .split(/[|\n]/);

/** Nested more deeply than JSON.stringify can write. */
const ODD_DEEP = `${'[{"a":'.repeat(5000)}1${'}]'.repeat(5000)}`;

const jsonText = fc.oneof(
  { weight: 50, arbitrary: fc.constantFrom(...ODD) },
  { weight: 40, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constant(ODD_DEEP) },
  {
    weight: 9,
    arbitrary: fc
      .dictionary(fc.constantFrom(...KEYS), fc.constantFrom('a', 1, null), { maxKeys: 4 })
      .map((value) => JSON.stringify(value)),
  },
);

/** A place in a JSON value: taken modulo the keys that there are. */
interface Change {
  path: number[];
  /** Removed, put in place of what is there, or put beside it under this key. */
  how: 'remove' | 'replace' | 'add';
  key: string;
}
const change = fc.record<Change>({
  path: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
  how: fc.constantFrom('remove', 'replace', 'add'),
  key: fc.constantFrom(...KEYS),
});

/** A copy of a JSON value with one change. */
function changed(value: unknown, { path, how, key }: Change, text: string): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  let holder = copy as Record<string, unknown>;
  for (const [depth, step] of path.entries()) {
    const names = Object.keys(holder);
    const name = names[step % names.length] ?? key;
    const inner = Object.hasOwn(holder, name) ? holder[name] : undefined;
    if (depth < path.length - 1 && typeof inner === 'object' && inner !== null) {
      holder = inner as Record<string, unknown>;
      continue;
    }
    const put = (at: string) =>
      Object.defineProperty(holder, at, {
        value: JSON.parse(text),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    if (how === 'remove' && !Array.isArray(holder)) delete holder[name];
    else if (!Array.isArray(holder)) put(how === 'add' ? key : name);
    break;
  }
  return copy;
}

/** What one list of events is made of. */
const ingredients = fc.record({
  request: fc.constantFrom(...REQUESTS),
  door: fc.constantFrom(...DOORS),
  changes: fc.tuple(change, change),
  text: jsonText,
  bytes: fc.uint8Array({ maxLength: 40 }),
});

/** Events, ten at a time, that are made of one random value: nonsense, and valid events with a change or two, through every door. */
export const malformedEvents = ingredients.map(
  ({ request, door, changes: [first, second], text, bytes }): unknown[] => {
    const json = JSON.stringify(request);
    const mutated = changed(request, first, text);
    const base64 = Buffer.from(bytes).toString('base64');
    const inBase64 = door(Buffer.from(json).toString('base64'), true);
    return [
      JSON.parse(text),
      mutated,
      door(json.slice(0, bytes.length)),
      door(Buffer.from(bytes).toString('latin1')),
      door(text),
      door(stringified(mutated)),
      door(base64, true),
      changed(door(json), first, text),
      changed(changed(door(json), first, '{}'), second, text),
      changed(inBase64, second, text),
    ];
  },
);

/** JSON, as far as it can be written. */
function stringified(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return ODD_DEEP;
  }
}
