import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../capture/client.ts';
import { CLASSIFIERS, expectLabels, type GoldenCase, goldenCases } from '../../fixtures/golden-classifiers.ts';
import { event, HTTP_API, setUp } from '../../fixtures/handler.ts';
import { loadTask } from '../load-task.ts';
import { textClassification } from './task.ts';

const ELB = {
  requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1' } },
};

/** How each event source brings a request, and where it finds the answer. */
const EVENT_SOURCES: [name: string, bring: (body: object) => object, answer: (response: never) => unknown][] = [
  ['a REST API', event, bodyOf],
  ['an HTTP API, or a Function URL', (body) => ({ ...HTTP_API, body: JSON.stringify(body) }), bodyOf],
  ['a load balancer', (body) => ({ ...event(body), ...ELB }), bodyOf],
  ['a load balancer with lists', (body) => ({ ...event(body), ...ELB, multiValueHeaders: { host: ['a'] } }), bodyOf],
  ['Invoke', (body) => body, (response) => response],
  [
    'SNS',
    (body) => ({ Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(body) } }] }),
    (response) => response,
  ],
  ['EventBridge', (body) => ({ 'detail-type': 'Text', source: 'my.app', detail: body }), (response) => response],
  [
    'SQS',
    (body) => ({ Records: [{ messageId: 'm', body: JSON.stringify(body), eventSource: 'aws:sqs' }] }),
    () => undefined,
  ],
];

function bodyOf({ body }: { body: string }): unknown {
  return JSON.parse(body);
}

const inputOf = ({ text, text_pair }: GoldenCase) => ({ text, ...(text_pair !== undefined && { text_pair }) });
const plain = (each: GoldenCase) => ({ ...inputOf(each), ...each.parameters });
const wrapped = ({ parameters, ...each }: GoldenCase) => ({
  inputs: each.text_pair === undefined ? each.text : inputOf({ ...each, parameters }),
  parameters,
});

/** The pipeline of Python takes white space for a text; a request does not. */
const hasText = ({ text, text_pair = 'none' }: GoldenCase) => text.trim() !== '' && text_pair.trim() !== '';

describe.each(CLASSIFIERS)('$name', async ({ folder }) => {
  const loaded = await loadTask(folder, 1);
  const model = { reader: () => textClassification, load: async () => loaded };
  const cases = goldenCases(folder).filter(hasText);

  /** Sends a request, and holds the answer and its record against each other. */
  async function ask([, bring, answer]: (typeof EVENT_SOURCES)[number], body: object) {
    const { handler, records } = setUp({ model });
    const response = await handler(bring(body), { awsRequestId: 'r' });
    const [record] = records as [Exchange];
    const output: unknown = JSON.parse(record.output.data);
    expect(records).toHaveLength(1);
    expect(JSON.parse(record.input.data as string)).toEqual(body);
    expect(record.modelDigest).toBe(loaded.modelDigest);
    expect(answer(response as never) ?? output).toEqual(output);
    return { output, record };
  }

  test.each(EVENT_SOURCES)('every golden case is answered through %s, and captured', async (...source) => {
    for (const [i, each] of cases.entries()) {
      const { output, record } = await ask(source, (i % 2 === 0 ? plain : wrapped)(each));
      if (each.labels === undefined) {
        expect(record).toMatchObject({ status: 400, errorCode: 'TEXT_TOO_LONG' });
        expect(output).toMatchObject({ error: { code: 'TEXT_TOO_LONG' } });
      } else {
        expect(record).toMatchObject({ status: 200, errorCode: undefined });
        expectLabels(output as never, each.labels);
      }
    }
  });

  test.each(EVENT_SOURCES)('of many texts through %s, each has its labels or its error', async (...source) => {
    const some = cases.filter(
      (each) => each.text_pair === undefined && isDeepStrictEqual(each.parameters, { top_k: null }),
    );
    const { output, record } = await ask(source, { inputs: some.map(({ text }) => text), parameters: { top_k: null } });
    const found = output as unknown[];
    expect(record).toMatchObject({ status: 200, errorCode: 'TEXT_TOO_LONG' });
    expect(found).toHaveLength(some.length);
    for (const [i, { labels }] of some.entries()) {
      if (labels === undefined) expect(found[i]).toMatchObject({ error: { code: 'TEXT_TOO_LONG' } });
      else expectLabels(found[i] as never, labels);
    }
  });
});
