import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../capture/example-record.ts';
import { InferenceRecord } from '../capture/record.ts';
import { CAPTURE_VARIABLES } from '../capture/variables.ts';
import { DROP_REASONS, NOT_CAPTURED_REASONS, WIRE_ERRORS } from '../capture/wire.ts';
import { Environment as ExtensionEnvironment } from '../extension/config.ts';
import { Environment as FunctionEnvironment } from '../function/config.ts';
import { REQUEST_ERRORS } from '../function/errors.ts';
import { MAX_BODY_BYTES } from '../function/event-sources/body.ts';
import { MAX_ANSWER_BYTES, MAX_BALANCER_ANSWER_BYTES } from '../function/tasks/answer-inputs.ts';
import { MAX_INPUTS, MAX_TOP_K } from '../function/tasks/input-schemas.ts';
import { PARAMETERS } from '../function/tasks/question-answering/named-parameters.ts';
import { questionAnswering } from '../function/tasks/question-answering/task.ts';
import { PARAMETERS as CLASSIFICATION_PARAMETERS } from '../function/tasks/text-classification/request.ts';
import { textClassification } from '../function/tasks/text-classification/task.ts';
import { documents as allDocuments } from './documented-commands.ts';

const documents = allDocuments();
const read = (file: string) => readFileSync(file, 'utf8');

/** The rows of the tables of a Markdown text whose first cell is code, without the marks of code. */
function rows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

test.each([
  ['docs/errors.md', REQUEST_ERRORS],
  ['docs/wire-protocol.md', WIRE_ERRORS],
])('%s has every error code with its status and meaning, and no other', (file, errors) => {
  const documented = rows(read(file)).filter(([code]) => /^[A-Z_]+$/.test(code!));
  expect(documented).toEqual(
    Object.entries(errors).map(([code, { status, meaning }]) => [code, String(status), meaning]),
  );
});

describe('docs/api.md', () => {
  const api = read('docs/api.md');

  const section = (title: string) => api.split(`\n## ${title}\n`)[1]!.split(/^## /m)[0]!;
  const textClassificationSection = section('Text classification');

  test('has every parameter, and no other', () => {
    const documented = rows(section('Parameters')).map(([name]) => name);
    expect(documented).toEqual(Object.keys(PARAMETERS));
    const [, table] = textClassificationSection.split('| parameter | default | meaning |');
    expect(rows(table!).map(([name]) => name)).toEqual(Object.keys(CLASSIFICATION_PARAMETERS));
  });

  test('has the limits that hold, and so have the errors', () => {
    const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
    expect(api).toContain(`| body | ${mib(MAX_BODY_BYTES)} |`);
    expect(api).toContain(`| questions of a request | ${MAX_INPUTS} |`);
    expect(api).toContain(`| answers to a question | ${MAX_TOP_K} |`);
    expect(api).toContain(`| answers of a request | ${mib(MAX_ANSWER_BYTES)} of JSON |`);
    expect(api).toContain(`${MAX_BALANCER_ANSWER_BYTES / 1024} KiB`);
    expect(REQUEST_ERRORS.ANSWER_TOO_LARGE.meaning).toContain(`${MAX_BALANCER_ANSWER_BYTES / 1024} KiB`);
    expect(REQUEST_ERRORS.BODY_TOO_LARGE.meaning).toContain(mib(MAX_BODY_BYTES));
    expect(REQUEST_ERRORS.TOO_MANY_PAIRS.meaning).toContain(String(MAX_INPUTS));
    expect(REQUEST_ERRORS.TOO_MANY_TEXTS.meaning).toContain(String(MAX_INPUTS));
    expect(REQUEST_ERRORS.ANSWER_TOO_LARGE.meaning).toContain(mib(MAX_ANSWER_BYTES));
  });

  test('shows requests that are taken', () => {
    for (const [task, text] of [
      [questionAnswering, api.replace(textClassificationSection, '')],
      [textClassification, textClassificationSection],
    ] as const) {
      const shown = Array.from(text.matchAll(/```json\n([\s\S]+?)```/g), ([, json]) => JSON.parse(json!) as object);
      expect(shown.length).toBeGreaterThan(3);
      for (const request of shown) expect(task.parse(request).inputs.length).toBeGreaterThan(0);
    }
  });
});

test('the reasons of a drop that are no error codes are documented', () => {
  const others = DROP_REASONS.filter((reason) => !(reason in WIRE_ERRORS));
  for (const reason of others) expect(read('docs/wire-protocol.md')).toContain(`\`${reason}\``);
});

test('the record of docs/wire-protocol.md is a record', () => {
  const [, json] = /<!-- example-record -->\n```json\n([\s\S]+?)```/.exec(read('docs/wire-protocol.md'))!;
  expect(v.parse(InferenceRecord, JSON.parse(json!))).toEqual(EXAMPLE_RECORD);
});

test('docs/wire-protocol.md has losses that a record may tell of, and every reason', () => {
  const [, section] = read('docs/wire-protocol.md').split('## What could not be handed over');
  const [, json] = /```json\n([\s\S]+?)```/.exec(section!)!;
  const record = { ...EXAMPLE_RECORD, ...JSON.parse(json!) };
  expect(v.parse(InferenceRecord, record)).toEqual(record);
  for (const reason of NOT_CAPTURED_REASONS) expect(section).toContain(`\`${reason}\``);
});

describe('docs/configuration.md has every variable with its default, and no other', () => {
  const [, extension, ofFunction] = read('docs/configuration.md').split(/^## /m);
  test.each([
    ['extension', ExtensionEnvironment, extension!],
    ['function', FunctionEnvironment, ofFunction!],
  ])('%s', (_, environment, section) => {
    const documented = Object.fromEntries(rows(section).map(([name, standard]) => [name, standard]));
    expect(Object.keys(documented).sort()).toEqual(Object.keys(environment.entries).sort());
    for (const [name, schema] of Object.entries(environment.entries)) {
      const standard = (schema as { default?: unknown }).default;
      if (standard !== undefined) expect(documented[name]).toBe(standard);
    }
  });
});

test('the variables that are no misspelling are those of the function and of the extension', () => {
  const names = Object.keys({ ...ExtensionEnvironment.entries, ...FunctionEnvironment.entries });
  expect(CAPTURE_VARIABLES).toEqual(names.filter((name) => name.startsWith('CAPTURE_')).sort());
});

test('docs/operations.md explains every message that function and extension log', () => {
  const sources = [...globSync('function/**/*.ts'), ...globSync('extension/**/*.ts')].filter(
    (file) => !file.includes('.test.'),
  );
  const messages = sources.flatMap((file) =>
    Array.from(read(file).matchAll(/\blog\(\s*'(?:INFO|WARN|ERROR)',\s*['`]([^'`$]+)/g), ([, message]) => message!),
  );
  const launched = Array.from(
    read('extension/without-node.sh').matchAll(/\bsay [A-Z]+ ['"](?:\$fault)?([^'"]+)/g),
    ([, one]) => one!,
  );
  expect(launched.length).toBeGreaterThan(3);
  expect(messages.length).toBeGreaterThan(10);
  for (const message of [...messages, ...launched]) expect(read('docs/operations.md')).toContain(message);
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
