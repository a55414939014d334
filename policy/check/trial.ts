import { createHistogram } from 'node:perf_hooks';
import type { InferenceRecord } from '../../capture/record.ts';
import { type KeptRecord, type Origin, type PolicyMarks, storedLine } from '../../capture/stored-line.ts';
import { KEEP_EVERYTHING, type Policy } from '../policy.ts';
import { readRecordLine } from './record-line.ts';

type Counts = Record<string, number>;

/** What a policy has done to the records of a file. */
export interface Totals {
  records: number;
  /** Of those, as they were stored: without headers, source and caller. */
  stored: number;
  kept: number;
  /** By reason, and by reason and rule where a rule set the rate. */
  leftOut: Counts;
  /** Values that each rule of the redaction has found. */
  redacted: Counts;
  /** Payloads, by side. */
  truncated: Counts;
  /** Payloads that go to an object of their own, by side. */
  apart: Counts;
  /** Payloads, by side and reason. */
  withheld: Counts;
  subjects: number;
  /** Of the stored lines, as UTF-8: without a policy, and with it. */
  bytes: { before: number; after: number };
  /** Records on which the policy failed. */
  failed: number;
  /** Lines that are no records, and the first of them. */
  unreadable: number;
  firstUnreadable?: { line: number; message: string };
  /** What the policy took for one record, in microseconds. */
  microseconds?: { p50: number; p99: number; max: number };
}

/** A record before and after. `after` is undefined if the record is left out. */
export interface Shown {
  line: number;
  before: object;
  after?: object;
  /** What became of it where there is no line. */
  outcome?: string;
}

export interface Trial {
  take(text: string): void;
  totals(): Totals;
  shown: readonly Shown[];
}

const ORIGIN: Origin = { functionName: 'policy-check', functionVersion: '$LATEST' };

/**
 * Tries a policy on the lines of a file, one after the other. It holds counts, and the first few records.
 *
 * @param show how many records to hold
 * @param tick is told the time of each record before the policy gets it, in milliseconds
 */
export function createTrial(policy: Policy, show: number, tick: (ms: number) => void): Trial {
  const totals: Totals = {
    ...{ records: 0, stored: 0, kept: 0, subjects: 0, failed: 0, unreadable: 0 },
    ...{ leftOut: {}, redacted: {}, truncated: {}, apart: {}, withheld: {} },
    bytes: { before: 0, after: 0 },
  };
  const shown: Shown[] = [];
  const nanoseconds = createHistogram();
  let line = 0;

  function take(text: string): void {
    line += 1;
    if (text.trim() === '') return;
    let record: InferenceRecord;
    try {
      const read = readRecordLine(text);
      record = read.record;
      totals.stored += read.stored ? 1 : 0;
    } catch (error) {
      totals.unreadable += 1;
      totals.firstUnreadable ??= { line, message: (error as Error).message };
      return;
    }
    totals.records += 1;
    tryOn(record);
  }

  function tryOn(record: InferenceRecord): void {
    const before = storedLine(KEEP_EVERYTHING.record(record) as KeptRecord, ORIGIN);
    totals.bytes.before += bytesOf(before);
    tick(Date.parse(record.inferenceTime));
    const outcome = decide(record);
    if (typeof outcome === 'string') {
      if (shown.length < show) shown.push({ line, before, outcome });
      return;
    }
    const after = storedLine(outcome, ORIGIN);
    totals.kept += 1;
    totals.bytes.after += bytesOf(after);
    for (const side of Object.keys(outcome.apart ?? {})) count(totals.apart, side);
    countMarks(outcome.marks, totals);
    if (shown.length < show) shown.push({ line, before, after });
  }

  /** What is kept, or in words why nothing is. */
  function decide(record: InferenceRecord): KeptRecord | string {
    const startedNs = process.hrtime.bigint();
    try {
      const decision = policy.record(record);
      nanoseconds.record(process.hrtime.bigint() - startedNs);
      if (decision.keep) return decision;
      const { reason, sampledBy } = decision;
      const outcome = sampledBy === undefined ? reason : `${reason} by ${sampledBy}`;
      count(totals.leftOut, outcome);
      return `left out: ${outcome}`;
    } catch (error) {
      totals.failed += 1;
      return (error as Error).message;
    }
  }

  return {
    take,
    shown,
    totals() {
      const us = (ns: number) => Math.round(ns / 10) / 100;
      const { count, max } = nanoseconds;
      if (count === 0) return totals;
      const [p50, p99] = [nanoseconds.percentile(50), nanoseconds.percentile(99)];
      return { ...totals, microseconds: { p50: us(p50), p99: us(p99), max: us(max) } };
    },
  };
}

function countMarks(marks: PolicyMarks, totals: Totals): void {
  const { redacted, truncated, withheld } = totals;
  if (marks.subject !== undefined) totals.subjects += 1;
  for (const [rule, times] of Object.entries(marks.redacted ?? {})) count(redacted, rule, times);
  for (const side of Object.keys(marks.truncated ?? {})) count(truncated, side);
  for (const [side, reason] of Object.entries(marks.withheld ?? {})) count(withheld, `${side}: ${reason}`);
}

function count(counts: Counts, name: string, times = 1): void {
  counts[name] = (counts[name] ?? 0) + times;
}

function bytesOf(line: object): number {
  return Buffer.byteLength(JSON.stringify(line)) + 1;
}
