import type { Stats } from '../../capture/wire.ts';
import type { WriteLine } from '../log.ts';
import { presentReasons } from './counters.ts';

export interface MetricsParts {
  stats: () => Stats;
  functionName: string;
  writeLine: WriteLine;
  /** Milliseconds on a monotonic clock. */
  now: () => number;
  /** Milliseconds since the epoch. */
  wallNow: () => number;
}

export interface Metrics {
  /** Writes what has changed since the last time, unless that was less than a minute ago. */
  afterDelivery(): void;
  /** The same, at the end of this turn of the event loop: the losses of a body with many records are one line. */
  afterLoss(): void;
  /** Writes what has changed since the last time. */
  atEnd(): void;
}

/** CloudWatch keeps one value a minute: more lines would cost more and say no more. */
const LEAST_GAP_MS = 60_000;
const COUNTS = ['received', 'delivered', 'logged', 'dropped', 'leftOut', 'pending'] as const;

/**
 * CloudWatch metrics as lines of the log, in the embedded metric format. All but `pending` are counts since the line before, so that their
 * sums are right however many environments there are.
 *
 * Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics({ stats, functionName, writeLine, now, wallNow }: MetricsParts): Metrics {
  let before = { received: 0, delivered: 0, logged: 0, dropped: 0, leftOut: 0 };
  let writtenMs: number | undefined;
  let lossWaits = false;

  function writeIfDue(): void {
    const sinceMs = writtenMs === undefined ? LEAST_GAP_MS : now() - writtenMs;
    if (sinceMs >= LEAST_GAP_MS) write();
  }

  function write(): void {
    const present = stats();
    const after = totals(present);
    void writeLine({
      _aws: {
        Timestamp: wallNow(),
        CloudWatchMetrics: [
          {
            Namespace: 'InferenceCapture',
            Dimensions: [['FunctionName']],
            Metrics: COUNTS.map((Name) => ({ Name, Unit: 'Count' })),
          },
        ],
      },
      source: 'inference-capture',
      FunctionName: functionName,
      received: after.received - before.received,
      delivered: after.delivered - before.delivered,
      logged: after.logged - before.logged,
      dropped: after.dropped - before.dropped,
      leftOut: after.leftOut - before.leftOut,
      pending: present.pending,
      // These fields are no metrics. They explain the metrics.
      droppedSinceStart: presentReasons(present.dropped),
      leftOutSinceStart: presentReasons(present.leftOut),
      redactedSinceStart: present.redacted,
      spoolBytes: present.spoolBytes,
    });
    before = after;
    writtenMs = now();
  }

  return {
    afterDelivery: writeIfDue,
    afterLoss() {
      if (lossWaits) return;
      lossWaits = true;
      setImmediate(() => {
        lossWaits = false;
        writeIfDue();
      });
    },
    atEnd: write,
  };
}

function totals({ received, delivered, logged, dropped, leftOut }: Stats) {
  return { received, delivered, logged, dropped: total(dropped), leftOut: total(leftOut) };
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, records) => sum + records, 0);
}
