/** The function of the campaign: it has no model, but the real capture client, and keeps a ledger of what the extension acknowledged. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCaptureClient } from '../../capture/client.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import type { PlannedRecord, Sending } from './plan.ts';

/** The event. */
export interface Work {
  records: PlannedRecord[];
  sending: Sending;
  /** Before each record, in milliseconds. */
  workMs: number;
  hangs: boolean;
}

/** A line of the ledger. The first for a record says that it is posted now, the second what became of it. */
export interface LedgerEntry {
  eventId: string;
  outcome: 'posted' | 'accepted' | string;
}

const HOUR_MS = 3_600_000;
const ledger = process.env['CHAOS_LEDGER'] ?? '';
const capture = createCaptureClient({ port: Number(process.env['CAPTURE_PORT']) });

function note(entry: LedgerEntry): void {
  // At once on disk as far as a kill is concerned; outside of /tmp, which may be full.
  appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
}

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
    input: { contentType: 'text/csv', encoding: 'CSV', data: 'x'.repeat(bytes) },
    output: { contentType: 'application/json', encoding: 'JSON', data: '{"answer":"Berlin"}' },
    status: 200,
    latencyMs: 1,
  };
}

async function send(record: InferenceRecord): Promise<void> {
  const { eventId } = record;
  note({ eventId, outcome: 'posted' });
  const sent = await capture.send(record);
  note({ eventId, outcome: sent.accepted ? 'accepted' : sent.reason === 'rejected' ? sent.code : sent.reason });
}

const BAD_LINES = ['', '{"eventId":"no record"}', 'no JSON', '{"eventId": ', '[]'];

/** All records as one body, with lines between them that are none; and once more, as a sender does that got no answer. */
async function sendWithBadLines(records: InferenceRecord[]): Promise<void> {
  const lines = records.flatMap((record, at) => [BAD_LINES[at % BAD_LINES.length]!, JSON.stringify(record)]);
  for (const { eventId } of records) note({ eventId, outcome: 'posted' });
  const outcomes = await post(lines);
  for (const [at, { eventId }] of records.entries()) note({ eventId, outcome: outcomes[2 * at + 1]! });
}

async function post(lines: string[]): Promise<string[]> {
  try {
    const response = await fetch(`http://127.0.0.1:${process.env['CAPTURE_PORT']}/v1/records`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(250),
    });
    const body = (await response.json()) as { error?: { code: string } };
    return lines.map(() => body.error?.code ?? 'accepted');
  } catch {
    return lines.map(() => 'unreachable');
  }
}
