import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { mulberry32 } from '../../harness/random.ts';
import { below, mutatedBytes, mutatedHead, mutatedJson, pick, type Random } from './mutations.ts';

/** Stands for what is personal: it may be in no answer and in no line of the log. */
export const CANARY = 'canary8f3a';

/** What is sent on a connection, and how. */
export interface Attempt {
  bytes: Buffer;
  /** The number of answers, where the requests begin and end as HTTP says; undefined where anything may come. */
  answers: number | undefined;
  /** Every request is valid, and its record must be accepted. */
  valid: boolean;
  /** What the sender does when all is sent. `hangs`: nothing, until the end of the burst. */
  ending: 'waits' | 'ends its half' | 'resets' | 'hangs';
  /** The number of writes. */
  pieces: number;
}

const KINDS = ['valid', 'json', 'json', 'json', 'body', 'body', 'lines', 'head', 'head', 'request'] as const;

/** What follows from a seed. */
export function attemptOf(seed: number): Attempt {
  const random = mulberry32(seed);
  const kind = pick(random, KINDS);
  const framed = kind !== 'head' && kind !== 'request';
  const answers = framed && random() < 0.2 ? 1 + below(random, 5) : 1; // further requests that do not wait for the first
  const requests = Array.from({ length: answers }, (_, at) => requestOf(kind, `${seed}-${at}`, random));
  const bytes = Buffer.concat(requests);
  const pieces = random() < 0.1 ? 1 + below(random, 5) : 1;
  if (framed && random() < 0.98) return { bytes, answers, valid: kind === 'valid', ending: 'waits', pieces };
  const ending = pick(random, ['ends its half', 'ends its half', 'ends its half', 'resets', 'hangs'] as const);
  return { bytes: random() < 0.2 ? cut(bytes, random) : bytes, answers: undefined, valid: false, ending, pieces };
}

function requestOf(kind: (typeof KINDS)[number], eventId: string, random: Random): Buffer {
  const record = recordOf(eventId, random);
  const json = Buffer.from(kind === 'json' ? mutatedJson(record, random) : JSON.stringify(record));
  if (kind === 'lines') return withBody(linesOf(eventId, random), 'application/x-ndjson', random);
  if (kind === 'body') return withBody(mutatedBytes(json, random), 'application/json', random);
  if (kind === 'head') {
    const lines = mutatedHead(headOf('application/json', [`content-length: ${json.length}`]), random);
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), json]);
  }
  const request = withBody(json, 'application/json', random);
  return kind === 'request' ? mutatedBytes(request, random) : request;
}

function recordOf(eventId: string, random: Random) {
  const data = `{"text":"${CANARY} ${'ü'.repeat(below(random, random() < 0.01 ? 100_000 : 300))}"}`;
  const input = { contentType: 'application/json', encoding: 'JSON', data };
  const lostBefore = {
    counts: [{ id: eventId, skipped: 1 }],
    unanswered: [{ eventId: `${eventId}-lost`, reason: 'timeout' }],
  };
  return { ...EXAMPLE_RECORD, eventId, input, ...(random() < 0.2 && { lostBefore }) };
}

/** Lines of which some are wrong. */
function linesOf(eventId: string, random: Random): Buffer {
  const lines = Array.from({ length: below(random, 8) }, (_, at) => {
    const record = recordOf(`${eventId}-${at}`, random);
    const line = Buffer.from(random() < 0.3 ? mutatedJson(record, random) : JSON.stringify(record));
    return random() < 0.2 ? mutatedBytes(line, random) : line;
  });
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from(pick(random, ['\n', '\r\n', '\n\n', '\n \n']))]));
}

const headOf = (type: string, framing: readonly string[]) => [
  'POST /v1/records HTTP/1.1',
  'host: 127.0.0.1',
  `content-type: ${type}`,
  ...framing,
];

/** A request that begins and ends as HTTP says, with a length or in chunks. */
function withBody(body: Buffer, type: string, random: Random): Buffer {
  if (random() < 0.8) {
    const head = headOf(type, [`content-length: ${body.length}`]);
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  }
  const parts: Buffer[] = [Buffer.from(`${headOf(type, ['transfer-encoding: chunked']).join('\r\n')}\r\n\r\n`)];
  for (let at = 0; at < body.length; ) {
    const chunk = body.subarray(at, at + 1 + below(random, 2000));
    const extension = random() < 0.1 ? ';name=value' : '';
    parts.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from('\r\n'));
    at += chunk.length;
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const cut = (bytes: Buffer, random: Random) => bytes.subarray(0, below(random, bytes.length));
