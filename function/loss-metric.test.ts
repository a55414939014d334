import { expect, test, vi } from 'vitest';
import type { CaptureClient, Exchange, SendResult } from '../capture/client.ts';
import { refusingClient, withLossMetric } from '../capture/loss-metric.ts';
import { served } from './fixtures/handler.ts';
import { createHandler } from './handler.ts';

const client = (result: Partial<SendResult>): CaptureClient => ({
  send: async ({ eventId }: Exchange) => ({ eventId, ...result }) as SendResult,
  close: () => {},
});

/** The line that the handler writes of a lost record, if it does. */
async function lineOf(capture: CaptureClient): Promise<object | undefined> {
  const log = vi.fn();
  const handler = createHandler({
    model: served(() => Promise.reject(new Error('no model'))),
    capture,
    headers: [],
    log,
    now: () => 0,
    traceId: () => undefined,
    deadlineMarginMs: 0,
  });
  await handler({ question: '', context: '' }, { awsRequestId: 'r' });
  return log.mock.calls.find(([, message]) => message === 'a record was not captured')?.[2];
}

const METRIC = {
  _aws: {
    Timestamp: 1000,
    CloudWatchMetrics: [
      {
        Namespace: 'InferenceCapture',
        Dimensions: [['FunctionName']],
        Metrics: [{ Name: 'notCaptured', Unit: 'Count' }],
      },
    ],
  },
  FunctionName: 'qa',
  notCaptured: 1,
};

test.each(['timeout', 'unreachable', 'skipped', 'too_large', 'invalid'] as const)(
  'the line of a record that only the function knows to be lost is a metric as well: %s',
  async (reason) => {
    const line = await lineOf(withLossMetric(client({ accepted: false, reason }), 'qa', () => 1000));
    expect(line).toMatchObject({ reason, requestId: 'r', ...METRIC });
  },
);

test('a record that the extension refused is in the metrics of the extension alone', async () => {
  const refused = client({ accepted: false, reason: 'rejected', code: 'SPOOL_FULL' });
  expect(await lineOf(withLossMetric(refused, 'qa', () => 1000))).not.toHaveProperty('_aws');
});

test('a record that is stored leaves no line', async () => {
  expect(await lineOf(withLossMetric(client({ accepted: true }), 'qa', () => 1000))).toBeUndefined();
});

test('the client gets all that the handler gives it', async () => {
  const send = vi.fn(async () => ({ eventId: 'e', accepted: true }) as const);
  const subject = withLossMetric({ send, close: () => {} }, 'qa', () => 1000);
  await (subject.send as (...given: unknown[]) => unknown)({ requestId: 'r' }, 100);
  expect(send).toHaveBeenCalledExactlyOnceWith({ requestId: 'r' }, 100);
});

test('a function whose capture is configured wrongly tells of each record that it loses', async () => {
  const line = await lineOf(refusingClient('qa', () => 1000));
  expect(line).toMatchObject({ reason: 'rejected', code: 'NOT_CONFIGURED', ...METRIC });
});
