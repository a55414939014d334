import { expect, test } from 'vitest';
import { Counters } from './counters.ts';
import { createMetrics } from './metrics.ts';
import { createTallies, statsOf } from './tallies.ts';

/** Where the epoch lies on the clock of the test. */
const WALL_MS = 1_000_000_000_000;
const NAMES = ['received', 'delivered', 'logged', 'dropped', 'leftOut', 'pending'];

function setUp(recovered = 0) {
  const counters = new Counters(() => metrics.afterLoss());
  counters.received = recovered;
  counters.recovered = recovered;
  const lines: Record<string, unknown>[] = [];
  let nowMs = 1_000_000;
  let pending = recovered;
  const metrics = createMetrics({
    stats: () => ({ ...statsOf(createTallies()), ...counters, pending }),
    functionName: 'QuestionAnswering',
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
  const { metrics, lines, came } = setUp();
  came(3);
  metrics.atEnd();
  expect(lines).toEqual([
    expect.objectContaining({
      _aws: {
        Timestamp: WALL_MS + 1_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'InferenceCapture',
            Dimensions: [['FunctionName']],
            Metrics: NAMES.map((Name) => ({ Name, Unit: 'Count' })),
          },
        ],
      },
      FunctionName: 'QuestionAnswering',
      received: 3,
      delivered: 0,
      logged: 0,
      dropped: 0,
      leftOut: 0,
      pending: 3,
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
  expect(Object.fromEntries(NAMES.slice(0, 5).map((name) => [name, sum(name)]))).toEqual({
    received: 2 + 60 * 5,
    delivered: 60,
    logged: 0,
    dropped: 120,
    leftOut: 60,
  });
  expect(lines.at(-1)).toMatchObject({ pending: 62, droppedSinceStart: { SPOOL_FULL: 60, DUPLICATE: 60 } });
  expect(lines.at(-1)).toMatchObject({ leftOutSinceStart: { NOT_SAMPLED: 60 } });
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
