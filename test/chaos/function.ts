/** The function of the campaign: it has no model, but the real capture client, and keeps a ledger of what the extension acknowledged. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCaptureClient } from '../../capture/client.ts';
import type { PlannedRecord } from './plan.ts';

/** The event. */
export interface Work {
  records: PlannedRecord[];
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

export async function handler({ records, workMs, hangs }: Work, { awsRequestId }: { awsRequestId: string }) {
  for (const { eventId, bytes, hoursAgo } of records) {
    await sleep(workMs);
    note({ eventId, outcome: 'posted' });
    const sent = await capture.send({
      eventId,
      inferenceTime: new Date(Date.now() - hoursAgo * HOUR_MS).toISOString(),
      requestId: awsRequestId,
      input: { contentType: 'text/csv', encoding: 'CSV', data: 'x'.repeat(bytes) },
      output: { contentType: 'application/json', encoding: 'JSON', data: '{"answer":"Berlin"}' },
      status: 200,
      latencyMs: 1,
    });
    const outcome = sent.accepted ? 'accepted' : sent.reason === 'rejected' ? sent.code : sent.reason;
    note({ eventId, outcome });
  }
  if (hangs) await new Promise(() => setInterval(() => {}, 1000));
  return records.length;
}
