/** Every kind of fault, in the words of the campaign's table. */
export const FAULTS = [
  'function killed',
  'function killed while frozen',
  'extension killed',
  'extension killed while frozen',
  'extension killed while it shuts down',
  'extension killed in an upload',
  'extension killed when S3 had stored',
  'frozen and thawed',
  'frozen in an upload',
  'extension stalled',
  'S3 hangs',
  'S3 resets the connection',
  'S3 answers 500',
  'S3 answers 503',
  'S3 is slow',
  'S3 stores and loses the answer',
  'spool full',
  'disk full',
  'function timed out',
  'shut down in an invocation',
  'shut down between invocations',
  'two environments at once',
  'two extensions on one spool',
  'spool: folder removed',
  'spool: files removed',
  'spool: segment truncated',
  'spool: segment replaced',
  'spool: folder becomes a file',
  'clock stepped forwards',
  'clock stepped back',
  '40 senders at once',
  'bad lines in a body',
  'preload in NODE_OPTIONS',
  'policy: inline',
  'policy: in a file',
  'policy: in S3',
  'policy: comes late',
  'policy: S3 refuses it',
  'policy: S3 hangs',
  'policy: not there',
  'policy: wrong',
  'policy: wrong, then mended',
  'record refused for want of a policy',
  'record left out by the policy',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** How often each kind of fault struck. A fault that was planned and struck nothing does not count. */
export class FaultCounts {
  readonly counts = new Map<FaultKind, number>(FAULTS.map((kind) => [kind, 0]));

  count(kind: FaultKind, times = 1): void {
    this.counts.set(kind, this.counts.get(kind)! + times);
  }

  add(other: FaultCounts): void {
    for (const [kind, count] of other.counts) this.counts.set(kind, this.counts.get(kind)! + count);
  }

  /** The kinds that never struck. */
  missing(): FaultKind[] {
    return FAULTS.filter((kind) => this.counts.get(kind) === 0);
  }
}
