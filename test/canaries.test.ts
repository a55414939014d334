import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import type { InferenceRecord } from '../capture/record.ts';
import { type Running, startExtension } from '../extension/fixtures/extension-process.ts';

/** No one has this but the payloads of the records. */
const CANARY = 'canary 4111-7d2f';
const POLICY = JSON.stringify({ version: 1, redaction: [{ name: 'canary', pattern: CANARY }] });
const OF_S3 = { CAPTURE_POLICY_S3: 's3://bucket/policy.json' };

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** Every byte that an extension wrote or answered, whatever became of the records. */
class Traces {
  readonly #texts: string[] = [];

  add(...texts: string[]): void {
    this.#texts.push(...texts);
  }

  /** The files of the spool at this moment, with their names. */
  addSpool(folder: string): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) this.add(entry.name, readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
    }
  }

  get found(): boolean {
    const base64 = [0, 1, 2].map((at) =>
      Buffer.from('x'.repeat(at) + CANARY)
        .toString('base64')
        .slice(4, -4),
    );
    const forms = [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('hex'), ...base64];
    return this.#texts.some((text) => forms.some((form) => text.includes(form)));
  }
}

type Way = (env: Record<string, string>, traces: Traces) => Promise<void>;

const start = (env: Record<string, string>) => startExtension(stack, env);
const withCanary = (eventId: string): InferenceRecord => ({
  ...EXAMPLE_RECORD,
  eventId,
  input: { contentType: 'text/plain', encoding: 'CSV', data: `Call ${CANARY}.` },
  output: { ...EXAMPLE_RECORD.output, data: JSON.stringify({ answer: CANARY }) },
});

async function post({ port, spool }: Running, traces: Traces, body: string, type = 'application/json'): Promise<void> {
  const headers = { 'content-type': type, connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${port}/v1/records`, { method: 'POST', headers, body });
  traces.add(await response.text());
  traces.addSpool(spool);
}

async function end(running: Running, traces: Traces): Promise<void> {
  const { lambda, exited, spool, s3, output, port } = running;
  traces.add(await (await fetch(`http://127.0.0.1:${port}/v1/stats`)).text());
  await lambda.asked();
  lambda.shutdown();
  await exited;
  traces.addSpool(spool);
  traces.add(output(), ...s3.objects.values());
}

const WAYS: Record<string, Way> = {
  'delivered to S3': async (env, traces) => {
    const running = await start(env);
    await running.lambda.asked(1);
    for (const id of ['a', 'b', 'a']) await post(running, traces, JSON.stringify(withCanary(id)));
    await end(running, traces);
  },
  'written to the log as the last resort': async (env, traces) => {
    const running = await start({ ...env, CAPTURE_LAST_RESORT: 'log' });
    running.s3.behave({ status: 503, code: 'SlowDown' });
    await running.lambda.asked(1);
    await post(running, traces, JSON.stringify(withCanary('a')));
    await end(running, traces);
  },
  'refused, as no spool has room for it, and with lines that are no records': async (env, traces) => {
    const running = await start({ ...env, CAPTURE_SPOOL_BYTES: '1500' });
    await running.lambda.asked(1);
    const lines = [`no JSON: ${CANARY}`, `{"${CANARY}": 1}`, JSON.stringify({ ...withCanary('a'), status: CANARY })];
    const records = ['a', 'b', 'c', 'd'].map((id) => JSON.stringify(withCanary(id)));
    await post(running, traces, [...lines, ...records].join('\n'), 'application/x-ndjson');
    for (const line of lines) await post(running, traces, line);
    await end(running, traces);
  },
  'left behind by a process that was killed, and delivered by its successor': async (env, traces) => {
    const first = await start({ ...env, CAPTURE_FLUSH_STRATEGY: 'at-shutdown' });
    await first.lambda.asked(1);
    await post(first, traces, JSON.stringify(withCanary('a')));
    first.child.kill('SIGKILL');
    await first.exited;
    traces.addSpool(first.spool);
    const { spool, s3, output } = first;
    const successor = await start({ ...env, CAPTURE_SPOOL_DIR: spool, AWS_ENDPOINT_URL_S3: s3.url });
    await successor.lambda.asked(1);
    await post(successor, traces, JSON.stringify(withCanary('b')));
    await end(successor, traces);
    traces.add(output(), ...s3.objects.values());
  },
};

describe.each(Object.entries(WAYS))('a record that is %s', (_, way) => {
  test.each<[string, Record<string, string>]>([
    ['with a policy that redacts it', { CAPTURE_POLICY: POLICY }],
    ['with a policy that is wrong', { CAPTURE_POLICY: '{' }],
    ['with a policy that is wrong and metadata alone', { CAPTURE_POLICY: '{', CAPTURE_POLICY_ON_ERROR: 'metadata' }],
    ['with a policy that is not there', OF_S3],
    ['with a policy that is not there and metadata alone', { ...OF_S3, CAPTURE_POLICY_ON_ERROR: 'metadata' }],
  ])('leaves no trace of what the policy forbids: %s', async (__, env) => {
    const traces = new Traces();
    await way(env, traces);
    expect(traces.found).toBe(false);
  });

  test('leaves a trace where there is no policy: this test looks in the right places', async () => {
    const traces = new Traces();
    await way({}, traces);
    expect(traces.found).toBe(true);
  });
});
