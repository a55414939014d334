import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import type { Label } from '../capture/label.ts';
import type { InferenceRecord } from '../capture/record.ts';
import { type Running, startExtension } from '../extension/fixtures/extension-process.ts';

/** What nothing else has but the records and labels of this test: one thing for a detector, one for a pattern, one for paths. */
const CANARIES = { mail: 'canary.4711@kestrel.example', ticket: 'CANARY-7d2f-99', name: 'Canaria Kestrel-Ohm' };
const POLICY = JSON.stringify({
  version: 1,
  redaction: [
    { name: 'personal', detect: 'all' },
    { name: 'ticket', pattern: 'CANARY-[0-9a-f]{4}-[0-9]+' },
    { name: 'customer', path: '$.customer.name', in: ['input'], action: 'drop' },
    { name: 'greeting', path: '$.to', in: ['output', 'label'] },
  ],
});
const OF_S3 = { CAPTURE_POLICY_S3: 's3://bucket/policy.json' };

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** Every byte that an extension wrote or answered, whatever became of the records. */
class Traces {
  readonly #texts = new Set<string>();

  add(...texts: string[]): void {
    for (const text of texts) this.#texts.add(text);
  }

  /** The files below the folder of the spool at this moment, with their names. */
  addSpool(folder: string): void {
    if (!existsSync(folder)) return; // a wrong configuration
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      this.add(entry.name);
      try {
        this.add(readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
      } catch {
        // It was sealed or delivered just now, so it is seen under another name.
      }
    }
  }

  /** The canaries that are somewhere, as they are or encoded. */
  get found(): string[] {
    const all = [...this.#texts].join('\n');
    return Object.entries(CANARIES)
      .filter(([, canary]) => formsOf(canary).some((form) => all.includes(form)))
      .map(([kind]) => kind);
  }
}

/** A text as it is, in a URL, in hexadecimal, and in Base64 at each of its three places. */
function formsOf(text: string): string[] {
  const base64 = [0, 1, 2].map((at) =>
    Buffer.from('x'.repeat(at) + text)
      .toString('base64')
      .slice(4, -4),
  );
  return [text, encodeURIComponent(text), Buffer.from(text).toString('hex'), ...base64];
}

const { mail, ticket, name } = CANARIES;
const json = (data: object) => ({
  contentType: 'application/json',
  encoding: 'JSON' as const,
  data: JSON.stringify(data),
});
const recordOf = (eventId: string): InferenceRecord => ({
  ...EXAMPLE_RECORD,
  eventId,
  inferenceId: mail,
  customAttributes: [`about ${ticket}`, mail],
  headers: { 'x-customer': mail },
  caller: mail,
  input: json({ customer: { name, mail }, question: `What of ${ticket}?` }),
  output: json({ to: name, answer: `We write to ${mail} about ${ticket}.` }),
});
const label: Label = { eventId: 'a', inferenceId: mail, ...json({ to: name, note: `${ticket}, ${mail}` }) };

const start = (env: Record<string, string>) => startExtension(stack, env);

/** Posts a body, and looks into the spool all the while. */
async function post({ port, spool }: Running, traces: Traces, body: string, at = 'records', type = 'json') {
  const headers = { 'content-type': `application/${type}`, connection: 'close' };
  let over = false;
  const answer = fetch(`http://127.0.0.1:${port}/v1/${at}`, { method: 'POST', headers, body }).finally(() => {
    over = true;
  });
  while (!over) {
    traces.addSpool(spool);
    await turn();
  }
  traces.add(await (await answer).text());
  traces.addSpool(spool);
}

async function postAll(running: Running, traces: Traces, ids: string[]): Promise<void> {
  for (const id of ids) await post(running, traces, JSON.stringify(recordOf(id)));
  await post(running, traces, JSON.stringify(label), 'labels');
}

async function end(running: Running, traces: Traces): Promise<void> {
  const { lambda, exited, spool, s3, written, port } = running;
  traces.add(await (await fetch(`http://127.0.0.1:${port}/v1/stats`)).text());
  await lambda.asked();
  lambda.shutdown();
  await exited;
  traces.addSpool(spool);
  traces.add(written(), ...s3.objects.values());
}

type Way = (env: Record<string, string>, traces: Traces) => Promise<Running>;

const WAYS: Record<string, Way> = {
  'delivered to S3': async (env, traces) => {
    const running = await start(env);
    await running.lambda.asked(1);
    await postAll(running, traces, ['a', 'b', 'a']);
    await end(running, traces);
    return running;
  },
  'written to the log as the last resort': async (env, traces) => {
    const running = await start({ ...env, CAPTURE_LAST_RESORT: 'log' });
    running.s3.behave({ status: 503, code: 'SlowDown' });
    await running.lambda.asked(1);
    await postAll(running, traces, ['a']);
    await end(running, traces);
    return running;
  },
  'refused, as the spool has no room for it, and comes with lines that are no records': async (env, traces) => {
    const running = await start({ ...env, CAPTURE_SPOOL_BYTES: '1500' });
    await running.lambda.asked(1);
    const lines = [`no JSON: ${mail}`, `{"${name}": 1}`, JSON.stringify({ ...recordOf('a'), status: ticket })];
    const records = ['a', 'b', 'c', 'd'].map((id) => JSON.stringify(recordOf(id)));
    await post(running, traces, [...lines, ...records].join('\n'), 'records', 'x-ndjson');
    for (const line of lines) await post(running, traces, line);
    await post(running, traces, JSON.stringify({ ...label, encoding: mail }), 'labels');
    await end(running, traces);
    return running;
  },
  'left behind by a process that was killed, and delivered by its successor': async (env, traces) => {
    const first = await start({ ...env, CAPTURE_FLUSH_STRATEGY: 'at-shutdown' });
    await first.lambda.asked(1);
    await postAll(first, traces, ['a']);
    first.child.kill('SIGKILL');
    await first.exited;
    traces.addSpool(first.spool);
    const { spool, s3, written } = first;
    s3.behave('stores');
    const inItsPlace = { CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url };
    const successor = await start({ ...env, ...inItsPlace });
    await successor.lambda.asked(1);
    await postAll({ ...successor, spool }, traces, ['b']);
    await end({ ...successor, spool, s3 }, traces);
    traces.add(written());
    return first;
  },
};

describe.each(Object.entries(WAYS))('a record that is %s', (_, way) => {
  test.each<[string, Record<string, string>]>([
    ['with a policy that redacts it', { CAPTURE_POLICY: POLICY }],
    ['with a policy that is wrong', { CAPTURE_POLICY: '{' }],
    ['with a policy that is wrong, and metadata alone', { CAPTURE_POLICY: '{', CAPTURE_POLICY_ON_ERROR: 'metadata' }],
    ['with a policy that is not there', OF_S3],
    ['with a policy that is not there, and metadata alone', { ...OF_S3, CAPTURE_POLICY_ON_ERROR: 'metadata' }],
    ['with a variable of a policy that is misspelt', { CAPTURE_POLICYFILE: '/var/task/policy.json' }],
  ])('leaves no trace of what the policy forbids: %s', async (__, env) => {
    const traces = new Traces();
    await way(env, traces);
    expect(traces.found).toEqual([]);
  });

  test('leaves a trace where there is no policy: this test looks in the right places', async () => {
    const traces = new Traces();
    await way({}, traces);
    expect(traces.found).toEqual(Object.keys(CANARIES));
  });
});

test('what the policy has redacted is stored, and says so', async () => {
  const { s3 } = await WAYS['delivered to S3']!({ CAPTURE_POLICY: POLICY }, new Traces());
  const lines = [...s3.objects.values()].flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  for (const { inferenceCapture } of lines) {
    expect(inferenceCapture.policy).toMatch(/^[0-9a-f]{16}$/);
    expect(Object.keys(inferenceCapture.redacted)).toEqual(expect.arrayContaining(['personal', 'ticket', 'greeting']));
  }
});
