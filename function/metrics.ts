import { randomUUID } from 'node:crypto';
import type { CaptureClient } from '../capture/client.ts';

/**
 * A lost record as a CloudWatch metric, in the embedded metric format. It goes out with the line that tells of the loss: lines are written
 * in the invocation that they belong to, while a sum that is written now and then would be frozen with the environment.
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
 * A client whose account of a lost record is a metric as well. Not where the extension refused it: that counts it as dropped.
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

/** The client of a function whose capture is configured wrongly: every record is lost, and told to be. */
export function refusingClient(functionName: string, now: () => number): CaptureClient {
  return {
    async send({ eventId = randomUUID() }) {
      const loss = { eventId, accepted: false, reason: 'rejected', code: 'NOT_CONFIGURED' } as const;
      return { ...loss, ...lossMetric(functionName, now()) };
    },
    close() {},
  };
}
