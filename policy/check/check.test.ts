import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import { storedLine } from '../../capture/stored-line.ts';
import { policyIdOf } from '../compile.ts';
import { createPositions } from './positions.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'policy-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['policy/check/index.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Runs the check on a document and on records. */
function check(document: string, lines: readonly (object | string)[], ...flags: string[]) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return run(file('policy.yaml', document), file('records.jsonl', text), ...flags);
}

const CANARY = 'canary-of-4-words';
const record = (changes: Partial<InferenceRecord> = {}): InferenceRecord => ({ ...EXAMPLE_RECORD, ...changes });
const secret = record({ input: { contentType: 'text/plain', encoding: 'CSV', data: `${CANARY}, and more` } });
const origin = { functionName: 'f', functionVersion: '1' };

test('a document that is right is told in plain words, with its id', () => {
  const document =
    'version: 1\nsampling: {rate: 0.25, recordsPerSecond: 5}\ncaps: {output: {bytes: 10, beyond: object}}\n';
  const { status, stdout } = run(file('right.yaml', document));
  expect(status).toBe(0);
  expect(stdout).toContain(`right.yaml is right. Records will have its id, ${policyIdOf(document)}.`);
  expect(stdout).toContain('25 % of the other records are kept.');
  expect(stdout).toContain('An environment keeps 5 records a second at most.');
  expect(stdout).toContain('An output of more than 10 bytes goes to an object of its own.');
});

test('a document that is wrong has each fault with its line and column', () => {
  const wrong = file('wrong.yaml', 'version: 1\nsampling:\n  rate: 2\nredaction:\n  - name: a\n    detect: emial\n');
  const { status, stdout } = run(wrong);
  expect(status).toBe(1);
  expect(stdout.split('\n')).toEqual([
    `${wrong}:6:5: redaction[0].detect: Expected "all" or Array, got "emial"`,
    `${wrong}:3:3: sampling.rate: Expected 1 or less, got 2`,
    '',
  ]);
});

describe('the place of a fault', () => {
  test.each<[text: string, path: (string | number)[], line: number, column: number]>([
    ['version: 1\ncaps:\n  input:\n    bytes: -1', ['caps', 'input', 'bytes'], 4, 5],
    ['{\n "version": 1,\n "caps": {"input": {}}\n}', ['caps', 'input'], 3, 11],
    ['version: 1\ncaps:\n  input: {}', ['caps', 'input', 'bytes'], 3, 3],
    ['version: 1\nredaction:\n  - {}\n  - {name: a}', ['redaction', 1], 4, 5],
    ['a: 1\n1: {b: 2}', ['1', 'b'], 2, 5],
  ])('%j at %j', (text, path, line, column) => {
    expect(createPositions(text)(path)).toEqual({ line, column });
  });

  test('is unknown for the document as a whole', () => {
    expect(createPositions('version: 1')([])).toBeUndefined();
    expect(createPositions('')(['version'])).toBeUndefined();
  });
});

test('the records of a file are counted by what the policy would do to them', () => {
  const document = `version: 1
captureOptions: [Input]
sampling: {rules: [{name: queue, when: {source: [sqs]}, rate: 0}], recordsPerSecond: 2}
caps: {input: {bytes: 20}}`;
  const later = '2026-11-23T21:00:10.000Z';
  const lines = [record({ source: 'sqs' }), record(), record(), record(), record({ inferenceTime: later }), ''];
  const { status, stdout } = check(document, lines, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    right: true,
    totals: {
      records: 5,
      kept: 3,
      leftOut: { 'NOT_SAMPLED by queue': 1, RATE_LIMITED: 1 },
      truncated: { input: 3 },
      withheld: { 'output: CAPTURE_OPTIONS': 3 },
      unreadable: 0,
      microseconds: { p50: expect.any(Number), p99: expect.any(Number) },
    },
    shown: [],
  });
});

test('no value of a record is printed without --show', () => {
  const broken = `{"input": "${CANARY}`;
  const wrong = { ...secret, status: CANARY };
  const { stdout, stderr } = check('version: 1', [secret, broken, wrong]);
  expect(stdout).toContain('2 lines are no records. The first is line 2');
  expect(stdout + stderr).not.toContain(CANARY);
});

test('--show prints the first records before and after, as a diff of lines', () => {
  const { stdout } = check('version: 1\ncaps: {input: {bytes: 6}}', [secret, secret, record()], '--show', '2');
  expect(stdout.match(/^--- record in line/gm)).toHaveLength(2);
  expect(stdout).toContain(`-       "data": "${CANARY}, and more"`);
  expect(stdout).toContain('+       "data": "canary"');
});

test('stored lines are records too, and it is said what they lack', () => {
  const line = storedLine({ record: record(), marks: { sampleRate: 1 } }, origin);
  const { inferenceCapture, ...ofSageMaker } = line;
  const { captureData, ...rest } = line;
  const { status, stdout } = check('version: 1', [line, ofSageMaker, { captureData: {}, ...rest }]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^kept +3 \(100\.0 %\)$/m);
  expect(stdout).toContain('The records are stored lines, which have no headers, source or caller');
});

test('a key in a variable is used, and a missing one is told', () => {
  const document = 'version: 1\nkey: {variable: POLICY_CHECK_KEY}\nsubjectKey: caller';
  const { stdout } = check(document, [record({ caller: 'a' })]);
  expect(stdout).toContain(
    'The hashes are of another key than later, because the variable POLICY_CHECK_KEY is not set.',
  );
  expect(stdout).toMatch(/^with a subject +1$/m);
});

test.each([
  [[], 'expected FILE=policy.yaml and perhaps RECORDS=file.jsonl, got ""'],
  [['a', 'b', 'c'], 'got "a b c"'],
  [['a', '--show', 'many'], '--show: expected a whole number, got "many"'],
  [['a', '--shwo'], "Unknown option '--shwo'"],
  [['/nowhere/policy.yaml'], '/nowhere/policy.yaml cannot be read'],
])('the arguments %j are refused with 2', (args, expected) => {
  const { status, stderr } = run(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(expected);
});

test('records that cannot be read are refused with 2', () => {
  expect(run(file('policy.yaml', 'version: 1'), '/nowhere/records.jsonl').status).toBe(2);
});

test('--help says how to call it', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('make policy-check FILE=') });
});
