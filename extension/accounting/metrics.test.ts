import { expect, test } from 'vitest';
import { Counters } from './counters.ts';
import { createMetrics } from './metrics.ts';
import { createTallies, statsOf } from './tallies.ts';

/** Where the epoch lies on the clock of the test. */
const WALL_MS = 1_000_000_000_000;
const COUNTS = ['received', 'delivered', 'logged', 'dropped', 'duplicates', 'leftOut', 'pending'];

function setUp(recovered = 0, endpoint = 'QuestionAnswering') {
  const counters = new Counters(() => metrics.afterLoss());
  counters.received = recovered;
  counters.recovered = recovered;
  const lines: Record<string, unknown>[] = [];
  let nowMs = 1_000_000;
  let pending = recovered;
  const metrics = createMetrics({
    stats: () => ({ ...statsOf(createTallies()), ...counters, pending }),
    gauges: () => ({ oldestPendingMs: pending === 0 ? 0 : nowMs - 1_000_000, spoolPercent: 100 / 3 }),
    dimensions: { functionName: 'QuestionAnswering', endpoint },
    writeLine: async (line) => void lines.push(line as Record<string, unknown>),
    now: () => nowMs,
    wallNow: () => WALL_MS + nowMs,
  });
  const came = (records: number) => {
    counters.received += records;
    pending += records;
  };
  const went = (records: number) => {
    counters.delivered += records;
    pending -= records;
  };
  return { metrics, lines, counters, came, went, pass: (ms: number) => (nowMs += ms) };
}

test('a line is what the embedded metric format says: every metric that it names is a number beside it', () => {
  const { metrics, lines, came, pass } = setUp();
  came(3);
  pass(1500);
  metrics.delivered({ bytes: 2000, ms: 12.3456 });
  metrics.delivered({ bytes: 1000, ms: 8 });
  metrics.atEnd();
  expect(lines).toEqual([
    expect.objectContaining({
      _aws: {
        Timestamp: WALL_MS + 1_001_500,
        CloudWatchMetrics: [
          {
            Namespace: 'InferenceCapture',
            Dimensions: [['FunctionName']],
            Metrics: [
              ...COUNTS.map((Name) => ({ Name, Unit: 'Count' })),
              { Name: 'deliveredBytes', Unit: 'Bytes' },
              { Name: 'oldestPendingMs', Unit: 'Milliseconds' },
              { Name: 'spoolPercent', Unit: 'Percent' },
              { Name: 'deliveryMs', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      FunctionName: 'QuestionAnswering',
      received: 3,
      delivered: 0,
      logged: 0,
      dropped: 0,
      duplicates: 0,
      leftOut: 0,
      pending: 3,
      deliveredBytes: 3000,
      oldestPendingMs: 1500,
      spoolPercent: 33.33,
      deliveryMs: [12.35, 8],
    }),
  ]);
});

test('deliveries write a line a minute at most, and the lines add up to the counts', () => {
  const { metrics, lines, counters, came, went, pass } = setUp(2);
  for (let i = 0; i < 60; i++) {
    came(2);
    went(1);
    counters.refuse('SPOOL_FULL');
    counters.refuse('DUPLICATE');
    counters.leaveOut('NOT_SAMPLED');
    metrics.afterDelivery();
    pass(10_000);
  }
  metrics.atEnd();
  expect(lines).toHaveLength(11);
  const sum = (name: string) => lines.reduce((total, line) => total + Number(line[name]), 0);
  expect(Object.fromEntries(COUNTS.slice(0, -1).map((name) => [name, sum(name)]))).toEqual({
    received: 2 + 60 * 5,
    delivered: 60,
    logged: 0,
    dropped: 60,
    duplicates: 60,
    leftOut: 60,
  });
  expect(lines.at(-1)).toMatchObject({ pending: 62, droppedSinceStart: { SPOOL_FULL: 60, DUPLICATE: 60 } });
  expect(lines.at(-1)).toMatchObject({ leftOutSinceStart: { NOT_SAMPLED: 60 } });
});

test('a metric without a value is not named, and one with many has the last hundred', () => {
  const { metrics, lines } = setUp();
  metrics.atEnd();
  for (let ms = 1; ms <= 150; ms++) metrics.delivered({ bytes: 1, ms });
  metrics.atEnd();
  expect(JSON.stringify(lines[0])).not.toContain('deliveryMs');
  expect(lines[1]!['deliveryMs']).toEqual(Array.from({ length: 100 }, (_, at) => at + 51));
  expect(lines[1]!['deliveredBytes']).toBe(150);
});

test('an endpoint with a name of its own is a second set of dimensions', () => {
  const { metrics, lines } = setUp(0, 'claims');
  metrics.atEnd();
  expect(lines[0]).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Dimensions: [['FunctionName'], ['FunctionName', 'Endpoint']] }] },
    FunctionName: 'QuestionAnswering',
    Endpoint: 'claims',
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a loss is told at once, what a body loses in one line, and further losses a minute later or at the end', async () => {
  const { metrics, lines, counters, pass } = setUp();
  for (let i = 0; i < 500; i++) counters.refuse('INVALID_JSON');
  await settled();
  counters.refuse('NOT_CONFIGURED');
  await settled();
  pass(59_999);
  counters.refuse('NOT_CONFIGURED');
  await settled();
  expect(lines.map(({ dropped }) => dropped)).toEqual([500]);
  pass(1);
  counters.refuse('NOT_CONFIGURED');
  await settled();
  counters.refuse('NOT_CONFIGURED');
  metrics.atEnd();
  expect(lines.map(({ dropped }) => dropped)).toEqual([500, 3, 1]);
});
