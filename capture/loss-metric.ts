import { randomUUID } from 'node:crypto';
import type { CaptureClient } from './client.ts';

/**
 * A lost record as a CloudWatch metric, in the embedded metric format. It is part of the log line about the loss, which is written in the
 * invocation that it belongs to. A sum that is written now and then would be frozen together with the environment.
 *
 * Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param nowMs since the epoch
 */
function lossMetric(functionName: string, nowMs: number) {
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: 'InferenceCapture',
          Dimensions: [['FunctionName']],
          Metrics: [{ Name: 'notCaptured', Unit: 'Count' }],
        },
      ],
    },
    FunctionName: functionName,
    notCaptured: 1,
  };
}

/**
 * A client whose result for a lost record has a metric as well. A record that the extension refused has none, as the extension counts it as dropped.
 *
 * @param now milliseconds since the epoch
 */
export function withLossMetric(client: CaptureClient, functionName: string, now: () => number): CaptureClient {
  return {
    ...client,
    async send(...record) {
      const result = await client.send(...record);
      const unseen = !result.accepted && result.reason !== 'rejected';
      return unseen ? { ...result, ...lossMetric(functionName, now()) } : result;
    },
  };
}

/** The client of a function whose capture is configured wrongly: every record is lost, and each loss is a metric. */
export function refusingClient(functionName: string, now: () => number): CaptureClient {
  return {
    async send({ eventId = randomUUID() }) {
      const loss = { eventId, accepted: false, reason: 'rejected', code: 'NOT_CONFIGURED' } as const;
      return { ...loss, ...lossMetric(functionName, now()) };
    },
    close() {},
  };
}
