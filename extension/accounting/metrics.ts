import type { Stats } from '../../capture/wire.ts';
import type { DeliveredObject } from '../delivery/delivery.ts';
import type { WriteLine } from '../log.ts';
import { presentReasons } from './counters.ts';

export interface MetricsParts {
  stats: () => Stats;
  gauges: () => Gauges;
  /** What the metrics are told apart by. */
  dimensions: { functionName: string; endpoint: string };
  writeLine: WriteLine;
  /** Milliseconds on a monotonic clock. */
  now: () => number;
  /** Milliseconds since the epoch. */
  wallNow: () => number;
}

/** How the spool is at this moment. */
export interface Gauges {
  /** The age of the oldest record that is not delivered; 0 where there is none. */
  oldestPendingMs: number;
  /** The bytes of the spool, in percent of what it may hold. */
  spoolPercent: number;
}

export interface Metrics {
  /** Takes an object that was delivered. */
  delivered(object: DeliveredObject): void;
  /** Writes what has changed since the last time, unless that was less than a minute ago. */
  afterDelivery(): void;
  /** The same, at the end of this turn of the event loop: the losses of a body with many records are one line. */
  afterLoss(): void;
  /** Writes what has changed since the last time. */
  atEnd(): void;
}

/** CloudWatch keeps one value a minute: more lines would cost more and say no more. */
const LEAST_GAP_MS = 60_000;
/** Most values that a metric may have in a line, by the format. */
const MAX_VALUES = 100;
const UNITS = {
  received: 'Count',
  delivered: 'Count',
  logged: 'Count',
  dropped: 'Count',
  duplicates: 'Count',
  leftOut: 'Count',
  pending: 'Count',
  deliveredBytes: 'Bytes',
  oldestPendingMs: 'Milliseconds',
  spoolPercent: 'Percent',
  deliveryMs: 'Milliseconds',
} as const;

/**
 * CloudWatch metrics as lines of the log, in the embedded metric format. Counts and bytes are those since the line before, so that their sums are
 * right however many environments there are. `pending`, `oldestPendingMs` and `spoolPercent` are as they are at that moment.
 *
 * Each metric costs money for each set of dimensions. So there is a set with the endpoint only where its name is not that of the function.
 *
 * Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(parts: MetricsParts): Metrics {
  const { stats, gauges, writeLine, now, wallNow } = parts;
  const { functionName, endpoint } = parts.dimensions;
  const ofEndpoint = endpoint === functionName ? [] : [['FunctionName', 'Endpoint']];
  let before: Totals = { received: 0, delivered: 0, logged: 0, dropped: 0, duplicates: 0, leftOut: 0 };
  let deliveredBytes = 0;
  /** Of the last objects: the first ones give way where there are many. */
  let deliveryMs: number[] = [];
  let writtenMs: number | undefined;
  let lossWaits = false;

  function writeIfDue(): void {
    const sinceMs = writtenMs === undefined ? LEAST_GAP_MS : now() - writtenMs;
    if (sinceMs >= LEAST_GAP_MS) write();
  }

  function write(): void {
    const present = stats();
    const after = totals(present);
    const { oldestPendingMs, spoolPercent } = gauges();
    const values: Partial<Record<keyof typeof UNITS, number | number[]>> = {
      received: after.received - before.received,
      delivered: after.delivered - before.delivered,
      logged: after.logged - before.logged,
      dropped: after.dropped - before.dropped,
      duplicates: after.duplicates - before.duplicates,
      leftOut: after.leftOut - before.leftOut,
      pending: present.pending,
      deliveredBytes,
      oldestPendingMs: Math.round(oldestPendingMs),
      spoolPercent: round(spoolPercent),
      ...(deliveryMs.length > 0 && { deliveryMs }),
    };
    const names = Object.keys(values) as (keyof typeof UNITS)[];
    void writeLine({
      _aws: {
        Timestamp: wallNow(),
        CloudWatchMetrics: [
          {
            Namespace: 'InferenceCapture',
            Dimensions: [['FunctionName'], ...ofEndpoint],
            Metrics: names.map((Name) => ({ Name, Unit: UNITS[Name] })),
          },
        ],
      },
      source: 'inference-capture',
      FunctionName: functionName,
      Endpoint: endpoint,
      ...values,
      // These fields are no metrics. They explain the metrics.
      droppedSinceStart: presentReasons(present.dropped),
      leftOutSinceStart: presentReasons(present.leftOut),
      redactedSinceStart: present.redacted,
      spoolBytes: present.spoolBytes,
    });
    before = after;
    deliveredBytes = 0;
    deliveryMs = [];
    writtenMs = now();
  }

  return {
    delivered({ bytes, ms }) {
      deliveredBytes += bytes;
      deliveryMs.push(round(ms));
      if (deliveryMs.length > MAX_VALUES) deliveryMs.shift();
    },
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

type Totals = Record<'received' | 'delivered' | 'logged' | 'dropped' | 'duplicates' | 'leftOut', number>;

/** A duplicate is no loss, and has a metric of its own: `dropped` above 0 is worth an alarm. */
function totals({ received, delivered, logged, dropped, leftOut }: Stats): Totals {
  const { DUPLICATE: duplicates, ...lost } = dropped;
  return { received, delivered, logged, dropped: total(lost), duplicates, leftOut: total(leftOut) };
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, records) => sum + records, 0);
}

/** Whole hundredths: a metric needs no more. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
