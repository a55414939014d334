import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { InferenceRecord } from '../../capture/record.ts';
import { CAPTURE_VARIABLES } from '../../capture/variables.ts';
import { Environment as ExtensionEnvironment } from '../../extension/configuration/config.ts';
import { Environment as FunctionEnvironment } from '../../function/config.ts';
import { REQUEST_ERRORS } from '../../function/errors.ts';
import { MAX_BODY_BYTES } from '../../function/event-sources/body.ts';
import { MAX_ANSWER_BYTES, MAX_BALANCER_ANSWER_BYTES } from '../../function/tasks/answer-inputs.ts';
import { MAX_INPUTS } from '../../function/tasks/input-schemas.ts';
import { questionAnswering } from '../../function/tasks/question-answering/task.ts';
import { textClassification } from '../../function/tasks/text-classification/task.ts';
import { documents as allDocuments } from './commands.ts';

const documents = allDocuments();
const read = (file: string) => readFileSync(file, 'utf8');

test('the meanings of the errors name the limits that hold', () => {
  const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
  expect(REQUEST_ERRORS.ANSWER_TOO_LARGE.meaning).toContain(mib(MAX_ANSWER_BYTES));
  expect(REQUEST_ERRORS.ANSWER_TOO_LARGE.meaning).toContain(`${MAX_BALANCER_ANSWER_BYTES / 1024} KiB`);
  expect(REQUEST_ERRORS.BODY_TOO_LARGE.meaning).toContain(mib(MAX_BODY_BYTES));
  expect(REQUEST_ERRORS.TOO_MANY_PAIRS.meaning).toContain(String(MAX_INPUTS));
  expect(REQUEST_ERRORS.TOO_MANY_TEXTS.meaning).toContain(String(MAX_INPUTS));
});

test('the requests that docs/api.md shows are valid', () => {
  const api = read('docs/api.md');
  const aboutTexts = api.split('\n## Text classification\n')[1]!.split(/^## /m)[0]!;
  for (const [task, text] of [
    [questionAnswering, api.replace(aboutTexts, '')],
    [textClassification, aboutTexts],
  ] as const) {
    const shown = Array.from(text.matchAll(/```json\n([\s\S]+?)```/g), ([, json]) => JSON.parse(json!) as object);
    expect(shown.length).toBeGreaterThan(3);
    for (const request of shown) expect(task.parse(request).inputs.length).toBeGreaterThan(0);
  }
});

test('the losses that docs/wire-protocol.md shows are valid in a record', () => {
  const [, section] = read('docs/wire-protocol.md').split('## What could not be handed over');
  const [, json] = /```json\n([\s\S]+?)```/.exec(section!)!;
  const record = { ...EXAMPLE_RECORD, ...JSON.parse(json!) };
  expect(v.parse(InferenceRecord, record)).toEqual(record);
});

test('the example of a record is a record', () => {
  expect(v.parse(InferenceRecord, EXAMPLE_RECORD)).toEqual(EXAMPLE_RECORD);
});

test('the variables that are no misspelling are those of the function and of the extension', () => {
  const names = Object.keys({ ...ExtensionEnvironment.entries, ...FunctionEnvironment.entries });
  expect(CAPTURE_VARIABLES).toEqual(names.filter((name) => name.startsWith('CAPTURE_')).sort());
});

/**
 * Every call that logs, and the beginning of its message up to the first placeholder. A pattern finds them in the sources, because a message
 * is written where it is logged and nowhere else: a list of all messages would be a second place to keep in step with the first.
 */
const LOG_CALL = /\blog\(\s*'(?:DEBUG|INFO|WARN|ERROR)',\s*(?:['`]([^'`$]+))?/g;
/** The same of the shell script, whose messages begin with the fault that it is told of. */
const SAY_CALL = /\bsay (?:INFO|WARN|ERROR) (?:['"](?:\$fault)?([^'"]+))?/g;

test.each([
  ['the function', 'function/**/*.ts', LOG_CALL, 4],
  ['the middleware', 'middleware/**/*.ts', LOG_CALL, 4],
  ['the extension', 'extension/**/*.ts', LOG_CALL, 20],
  ['an image without Node', 'extension/without-node.sh', SAY_CALL, 4],
])('docs/operations.md explains every message that %s logs', (_, sources, call, least) => {
  const explained = read('docs/operations.md');
  const calls = globSync(sources)
    .filter((file) => !file.includes('.test.'))
    .flatMap((file) => Array.from(read(file).matchAll(call), ([text, message]) => ({ file, text, message })));
  expect(calls.length).toBeGreaterThanOrEqual(least);
  for (const { file, text, message } of calls) {
    expect(message, `${file}: the message of ${text} must be written in the call`).toBeDefined();
    expect(explained).toContain(message);
  }
});

test('every link between the documents leads somewhere', () => {
  expect(documents.length).toBeGreaterThan(10);
  for (const document of documents) {
    for (const [, link] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(path.join(path.dirname(document), link!)), `${document} links to ${link}`).toBe(true);
    }
  }
});

const targets = Array.from(read('Makefile').matchAll(/^([a-z-]+):/gm), ([, target]) => target!);

test('what npm runs by its own names is what make does', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  for (const [name, command] of Object.entries(scripts)) {
    expect(command).toBe(`make ${name}`);
    expect(targets).toContain(name);
  }
});

test('every make target that a document names exists', () => {
  for (const document of documents) {
    for (const [, target] of read(document).matchAll(/`make ([a-z-]+)/g)) expect(targets, document).toContain(target);
  }
});
