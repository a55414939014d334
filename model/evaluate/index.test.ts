import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url));
const CONTEXT = 'My name is Wolfgang and I live in Berlin. I was born in 1984 in Cologne.';
const ANSWERABLE = [
  { id: 'home', question: 'Where do I live?', answers: [{ text: 'in Berlin' }, { text: 'the Berlin.' }] },
  { id: 'year', question: 'When was I born?', answers: [{ text: 'in 1984' }] },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evaluate-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function evaluate(...args: string[]) {
  const env = { PATH: process.env['PATH'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [INDEX, ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function dataFile(qas: object[], name = 'data.json'): string {
  const file = path.join(folder, name);
  writeFileSync(
    file,
    JSON.stringify({ version: '1.1', data: [{ title: 'Me', paragraphs: [{ context: CONTEXT, qas }] }] }),
  );
  return file;
}

test('it asks the function that was built, prints what the script for v1.1 prints, and writes the predictions', () => {
  const predictions = path.join(folder, 'predictions.json');
  const { status, stdout, stderr } = evaluate(dataFile(ANSWERABLE), '--predictions', predictions);
  expect(status).toBe(0);
  // "1984" against "in 1984": no exact match, and two thirds of F1.
  expect(JSON.parse(stdout)).toEqual({ exact_match: 50, f1: (100 * (1 + 2 / 3)) / 2 });
  expect(JSON.parse(readFileSync(predictions, 'utf8'))).toEqual({ home: 'Berlin', year: '1984' });
  expect(stderr).toContain('2 questions about 1 texts, 0 of them without an answer');
  expect(stderr).toMatch(/100 % {2}2 of 2 questions, [\d.]+ questions\/s/);
});

test('it prints what the script for v2.0 prints where a question has no answer', () => {
  const impossible = {
    id: 'none',
    question: 'Who won the football match?',
    is_impossible: true,
    answers: [],
    plausible_answers: [],
  };
  const { status, stdout } = evaluate(dataFile([...ANSWERABLE, impossible]));
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    total: 3,
    HasAns_total: 2,
    NoAns_total: 1,
    NoAns_exact: 100,
    NoAns_f1: 100,
  });
});

test('a question that the function refuses scores 0 and is reported, and the others are answered', () => {
  const endless = { id: 'endless', question: 'where '.repeat(600), answers: [{ text: 'Berlin' }] };
  const { status, stdout, stderr } = evaluate(dataFile([...ANSWERABLE, endless]));
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ exact_match: 100 / 3, f1: (100 * (1 + 2 / 3)) / 3 });
  expect(stderr).toContain('question endless failed: QUESTION_TOO_LONG: ');
  expect(stderr).toContain('1 of 3 questions failed, and score 0');
});

test('the log of the function goes to stderr, and stdout has the figures only', () => {
  const { stdout, stderr } = evaluate(dataFile(ANSWERABLE), '--limit', '1');
  expect(stdout).toBe('{"exact_match":100,"f1":100}\n');
  expect(stderr).toContain('"message":"ready to answer"');
});

test('--limit N asks the first N questions only', () => {
  const { stdout } = evaluate(dataFile(ANSWERABLE), '--limit', '1');
  expect(JSON.parse(stdout)).toEqual({ exact_match: 100, f1: 100 });
});

test.each([
  [[], 2, /expected one file in SQuAD's format, DATA=file.json, got ""/],
  [['a.json', '--limit', '0'], 2, /--limit: expected a whole number from 1 on, got "0"/],
  [['nowhere.json'], 1, /Expected a file that can be read, got nowhere.json: ENOENT/],
  [['package.json'], 1, /Expected SQuAD's format in package.json: at "data" .*got undefined/],
])('%j is refused', (args, code, message) => {
  const { status, stdout, stderr } = evaluate(...args);
  expect([status, stdout]).toEqual([code, '']);
  expect(stderr).toMatch(message);
});
