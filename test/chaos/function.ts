/** The function of the campaign. It has the real capture client and no model, and keeps a ledger of what the extension acknowledged. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCaptureClient } from '../../capture/client.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import { type AcceptedBody, RECORDS_PATH, type WireErrorBody } from '../../capture/wire.ts';
import type { PlannedRecord, Sending } from './plan.ts';
import { canaryOf } from './policy-plan.ts';

/** The event: what an invocation does. */
export interface Work {
  records: PlannedRecord[];
  sending: Sending;
  /** Milliseconds before each record. */
  workMs: number;
  /** Whether the function never answers. */
  hangs: boolean;
}

/**
 * A line of the ledger. Each post of a record has two: `posted` before it, and what came of it afterwards. A process of the function begins
 * with a line `started`. A line of a body that is not a record has an id that ends in `-bad`.
 */
export interface LedgerEntry {
  eventId: string;
  outcome: 'posted' | 'accepted' | string;
  /** Whether the record went through the capture client, which reports losses with later records. */
  byClient?: boolean;
}

const HOUR_MS = 3_600_000;
const ledger = process.env['CHAOS_LEDGER'] ?? '';
/** Opens at the first failure and for a short time: an invocation is too short for three failures, and the next one comes soon. */
const breaker = { threshold: 1, openMs: 30, maxOpenMs: 100 };
const capture = createCaptureClient({ port: Number(process.env['CAPTURE_PORT']), breaker });

function note(entry: LedgerEntry): void {
  // Synchronous, so that a kill loses no line; and outside of /tmp, which may be full.
  appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
}

note({ eventId: `process ${process.pid}`, outcome: 'started' });

export async function handler({ records, sending, workMs, hangs }: Work, { awsRequestId }: { awsRequestId: string }) {
  const exchanges = records.map((record) => exchange(record, awsRequestId));
  if (sending === 'one by one') {
    for (const one of exchanges) {
      await sleep(workMs);
      await send(one);
    }
  } else if (sending === 'at once') {
    await Promise.all(exchanges.map(send));
  } else {
    await sendWithBadLines(exchanges);
  }
  if (hangs) await new Promise(() => setInterval(() => {}, 1000));
  return records.length;
}

function exchange({ eventId, bytes, hoursAgo }: PlannedRecord, requestId: string): InferenceRecord {
  return {
    eventId,
    inferenceTime: new Date(Date.now() - hoursAgo * HOUR_MS).toISOString(),
    requestId,
    input: json({ text: 'x'.repeat(bytes), mail: canaryOf(eventId) }),
    output: json({ answer: `Write to ${canaryOf(eventId)}.` }),
    status: 200,
    latencyMs: 1,
  };
}

const json = (data: object) => ({
  contentType: 'application/json',
  encoding: 'JSON' as const,
  data: JSON.stringify(data),
});

async function send(record: InferenceRecord): Promise<void> {
  const { eventId } = record;
  note({ eventId, outcome: 'posted', byClient: true });
  const sent = await capture.send(record);
  const outcome = sent.accepted ? 'accepted' : sent.reason === 'rejected' ? sent.code : sent.reason;
  note({ eventId, outcome, byClient: true });
}

/** Lines that are not records. The id makes each of them unique. */
const BAD_LINES: ((id: string) => string)[] = [
  (id) => `no JSON: ${id}`,
  (id) => `{"eventId": "${id}"}`,
  (id) => `["${id}"]`,
  (id) => `{"eventId": "${id}", `,
];

/** Posts all records as one body, with bad lines between them. After an answer it posts the body again, as a cautious sender does. */
async function sendWithBadLines(records: InferenceRecord[]): Promise<void> {
  const lines = records.flatMap((record, at) => {
    const bad = `${record.eventId}-bad`;
    return [
      { eventId: bad, text: BAD_LINES[at % BAD_LINES.length]!(bad) },
      { eventId: record.eventId, text: JSON.stringify(record) },
    ];
  });
  for (let post = 1; post <= 2; post++) {
    for (const { eventId } of lines) note({ eventId, outcome: 'posted' });
    const codes = await postLines(lines.map(({ text }) => text));
    for (const [at, { eventId }] of lines.entries()) note({ eventId, outcome: codes?.[at] ?? 'unreachable' });
    if (codes === undefined) return;
  }
}

/** @returns what became of each line; undefined where there was no answer */
async function postLines(lines: string[]): Promise<string[] | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${process.env['CAPTURE_PORT']}${RECORDS_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(250),
    });
    const body = (await response.json()) as AcceptedBody | WireErrorBody;
    if (!('error' in body)) return lines.map(() => 'accepted');
    const { code, details } = body.error;
    if (details === undefined) return lines.map(() => code);
    const refused = new Map(details.lines.map((each) => [each.line, each.code]));
    return lines.map((_, at) => refused.get(at + 1) ?? 'accepted');
  } catch {
    return undefined;
  }
}
