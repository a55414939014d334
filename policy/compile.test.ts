import { beforeEach, describe, expect, test, vi } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/fixtures/example-record.ts';
import type { InferenceRecord, Payload } from '../capture/record.ts';
import { compilePolicy, policyIdOf } from './compile.ts';
import { readPolicyDocument } from './read-document.ts';
import { createRedactor, type Redactor } from './redaction/redactor.ts';
import { subjectOf } from './subject.ts';

vi.mock('./redaction/redactor.ts', () => ({ createRedactor: vi.fn<typeof createRedactor>() }));

const redactor: Redactor = { record: (record) => ({ record }), label: (label) => ({ label }) };
beforeEach(() => {
  vi.mocked(createRedactor).mockResolvedValue(redactor);
});

const KEY = Buffer.from('a secret of at least 16 bytes');

async function policyOf(document: object) {
  const text = JSON.stringify({ version: 1, ...document });
  return compilePolicy(await readPolicyDocument(text), { text, key: KEY, now: () => 0 });
}

const text = (data: string, contentType = 'text/plain'): Payload => ({ contentType, encoding: 'CSV', data });
const record: InferenceRecord = {
  ...EXAMPLE_RECORD,
  inferenceId: 'order-7',
  headers: { 'x-session': 'abc' },
  source: 'direct',
  caller: 'key-1',
  lostBefore: {},
};

/** What is kept of the record under a document. */
async function kept(document: object, changes: Partial<InferenceRecord> = {}) {
  const decision = (await policyOf(document)).record({ ...record, ...changes });
  if (!decision.keep) throw new Error(`Expected the record to be kept, got ${decision.reason}`);
  return decision;
}

test('a policy that asks for nothing keeps everything but what is only there to decide by', async () => {
  const { headers, source, caller, lostBefore, ...rest } = record;
  expect(await kept({})).toEqual({
    keep: true,
    record: rest,
    marks: { sampleRate: 1, policy: policyIdOf('{"version":1}') },
  });
});

test('the policy is named by the digest of its document', () => {
  expect(policyIdOf('abc')).toBe('ba7816bf8f01cfea');
});

test('what the sample does not have is never redacted', async () => {
  const redact = vi.spyOn(redactor, 'record');
  const policy = await policyOf({ sampling: { rate: 0 } });
  expect(policy.record(record)).toEqual({ keep: false, reason: 'NOT_SAMPLED' });
  expect(redact).not.toHaveBeenCalled();
});

test('the marks say which rule kept it, and what was redacted and withheld', async () => {
  vi.spyOn(redactor, 'record').mockReturnValue({
    record: { ...EXAMPLE_RECORD, output: undefined },
    redacted: { mail: 2 },
    withheld: { output: 'BINARY' },
  });
  const { marks } = await kept({ sampling: { rules: [{ name: 'all', when: {}, rate: 1 }] } });
  expect(marks).toMatchObject({
    sampleRate: 1,
    sampledBy: 'all',
    redacted: { mail: 2 },
    withheld: { output: 'BINARY' },
  });
});

test('a side that is not wanted is searched with the other one, but not kept', async () => {
  const redact = vi.spyOn(redactor, 'record');
  const { record: left, marks } = await kept({ captureOptions: ['Output'] });
  expect(redact.mock.lastCall![0].input).toEqual(record.input);
  expect(left.input).toBeUndefined();
  expect(left.output).toEqual(record.output);
  expect(marks.withheld).toEqual({ input: 'CAPTURE_OPTIONS' });
});

test('a cap comes after the redaction: it cannot hide a part of a value from it', async () => {
  vi.spyOn(redactor, 'record').mockImplementation((record) => ({
    record: { ...record, input: { ...record.input, data: record.input.data.replace('me@example.org', '[email]') } },
  }));
  const { record: left, marks } = await kept({ caps: { input: { bytes: 9 } } }, { input: text('I am me@example.org') });
  expect(left.input?.data).toBe('I am ');
  expect(marks.truncated).toMatchObject({ input: { bytes: 12 } });
});

test('a payload over its limit goes apart, as it would have been stored', async () => {
  const {
    record: left,
    marks,
    apart,
  } = await kept({ caps: { output: { bytes: 5, beyond: 'object' } } }, { output: text('0123456789') });
  expect(left.output?.data).toBe('01234');
  expect(marks.truncated?.output?.bytes).toBe(10);
  expect(apart).toEqual({ output: text('0123456789') });
});

test('BASE64 of a listed type is text for the redaction, and text of another type becomes BASE64 only after it', async () => {
  const redact = vi.spyOn(redactor, 'record');
  const { record: left } = await kept(
    { contentTypes: { json: ['application/json'] }, subjectKey: '$.id', key: { variable: 'K' } },
    { input: { contentType: 'application/json', encoding: 'BASE64', data: btoa('{"id":7}') }, output: text('ok') },
  );
  expect(redact.mock.lastCall![0]).toMatchObject({ input: { encoding: 'JSON', data: '{"id":7}' }, output: text('ok') });
  expect(left).toMatchObject({ input: { encoding: 'JSON' }, output: { encoding: 'BASE64', data: btoa('ok') } });
});

test.each([
  ['inferenceId', 'order-7'],
  ['caller', 'key-1'],
  ['header:X-Session', 'abc'],
  ['$.customer.id', '42'],
  ['/customer/name', 'Ann'],
  ['$..*', '42'],
])('the subject at %s is a keyed hash of %j', async (subjectKey, value) => {
  const input = { ...text('{"customer":{"id":42,"name":"Ann"}}'), encoding: 'JSON' as const };
  const { marks } = await kept({ subjectKey, key: { variable: 'K' } }, { input });
  expect(marks.subject).toBe(subjectOf(value, KEY));
});

test.each(['header:x-user', '$.customer', '$.question.id', '/answer'])(
  'a record without a value at %s has no subject',
  async (subjectKey) => {
    const { marks } = await kept({ subjectKey, key: { variable: 'K' } });
    expect(marks).not.toHaveProperty('subject');
  },
);

test('a policy that fails on a record keeps nothing of it', async () => {
  vi.spyOn(redactor, 'record').mockImplementation(() => {
    throw new RangeError('too deep');
  });
  const policy = await policyOf({ onError: 'metadata' });
  expect(() => policy.record(record)).toThrow(RangeError);
});

describe('a label', () => {
  const label = { eventId: 'a', data: 'me@example.org', encoding: 'CSV' as const };

  test('is kept as the redaction leaves it, with the marks of the policy', async () => {
    vi.spyOn(redactor, 'label').mockReturnValue({ label: { ...label, data: '[email]' }, redacted: { mail: 1 } });
    const policy = policyIdOf('{"version":1}');
    expect((await policyOf({})).label(label)).toEqual({
      label: { ...label, data: '[email]' },
      marks: { policy, redacted: { mail: 1 } },
    });
  });
});
