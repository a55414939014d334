/** When a batch is finished. */
export interface BatchLimits {
  records: number;
  bytes: number;
  /** Milliseconds since its first record. */
  ageMs: number;
}

/** A batch that still grows. */
export interface Batch {
  records: number;
  bytes: number;
  /** The UTC hour of its records. */
  hour: string;
  /** When its first record came, in milliseconds on a clock that goes on while the environment is frozen. */
  openedMs: number;
}

/** Whether a further record may join the batch: it has the same hour, and there is room. The first record always has room. */
export function fits(batch: Batch, limits: BatchLimits, record: { bytes: number; hour: string }): boolean {
  return record.hour === batch.hour && batch.records < limits.records && batch.bytes + record.bytes <= limits.bytes;
}

/** Whether a batch is finished, by count, bytes or age. */
export function isFinished(batch: Batch, limits: BatchLimits, nowMs: number): boolean {
  return batch.records >= limits.records || batch.bytes >= limits.bytes || nowMs - batch.openedMs >= limits.ageMs;
}
