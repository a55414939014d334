import type { LostBefore, NotCapturedCounts, NotCapturedReason } from '../../capture/wire.ts';

/** What a sender reports that was not known yet. */
export interface NewLosses {
  counts: NotCapturedCounts;
  /** The ids of these counts. */
  countIds: string[];
  /** The records that are reported by their ids, and why they were lost. `counts` has them too. */
  records: Map<string, NotCapturedReason>;
}

/** What is known already. */
export interface Known {
  /** Whether a record has come, or is counted as lost. */
  record(eventId: string): boolean;
  counts(id: string): boolean;
}

/**
 * What `lostBefore` adds to what is known. A sender reports its losses again until it gets an answer, and a record that got no answer may have
 * come.
 *
 * @param ownId of the record that reports
 * @returns undefined where there is nothing new
 */
export function newLosses(ownId: string, lostBefore: LostBefore | undefined, known: Known): NewLosses | undefined {
  if (lostBefore === undefined) return undefined;
  const added: NewLosses = { counts: {}, countIds: [], records: new Map() };
  const count = (reason: NotCapturedReason, records: number) => {
    if (records > 0) added.counts[reason] = (added.counts[reason] ?? 0) + records;
  };
  for (const { id, ...counts } of lostBefore.counts ?? []) {
    if (known.counts(id) || added.countIds.includes(id)) continue;
    added.countIds.push(id);
    for (const [reason, records] of Object.entries(counts)) count(reason as NotCapturedReason, records);
  }
  for (const { eventId, reason } of lostBefore.unanswered ?? []) {
    if (eventId === ownId || known.record(eventId) || added.records.has(eventId)) continue;
    added.records.set(eventId, reason);
    count(reason, 1);
  }
  return added.countIds.length > 0 || added.records.size > 0 ? added : undefined;
}
