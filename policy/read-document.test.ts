import { Ajv } from 'ajv';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { PolicyDocument } from './document.ts';
import { policyJsonSchema } from './json-schema.ts';
import { MAX_POLICY_BYTES } from './policy.ts';
import { PolicyError } from './policy-error.ts';
import { readPolicyDocument } from './read-document.ts';

const faultsOf = async (text: string): Promise<string> => {
  const error = await readPolicyDocument(text).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(PolicyError);
  return (error as PolicyError).message;
};

const withRule = (rule: object) => JSON.stringify({ version: 1, redaction: [{ name: 'a', ...rule }] });

const EVERYTHING = {
  version: 1,
  onError: 'metadata',
  captureOptions: ['Output'],
  contentTypes: { json: ['application/json', 'application/*+json'], csv: ['text/csv'] },
  key: { variable: 'POLICY_KEY' },
  redaction: [
    { name: 'personal', detect: 'all', in: ['input', 'label'] },
    { name: 'mail', detect: ['email', 'phone'], action: 'hash' },
    { name: 'customer', path: '$.customer[*].name', action: 'mask', keepLast: 2 },
    { name: 'order', pattern: 'ORD-[0-9]+', action: 'truncate', length: 4 },
  ],
  binary: 'keep',
  sampling: {
    by: 'header:X-Session',
    rate: 0.5,
    rules: [{ name: 'slow', when: { latencyAboveMs: 100, score: { below: 0.3 } }, rate: 1 }],
    keepErrors: false,
    recordsPerSecond: 10,
  },
  caps: { input: { bytes: 100 }, output: { bytes: 0, beyond: 'object' } },
  subjectKey: '/customer/id',
};

test('a document is read with its defaults, from JSON and from YAML', async () => {
  const expected = {
    version: 1,
    onError: 'nothing',
    captureOptions: ['Input', 'Output'],
    redaction: [],
    binary: 'withhold',
  };
  expect(await readPolicyDocument('{"version": 1}')).toEqual(expected);
  expect(await readPolicyDocument('# Our policy\nversion: 1\n')).toEqual(expected);
});

test('a document with everything is read', async () => {
  expect(await readPolicyDocument(JSON.stringify(EVERYTHING))).toMatchObject(EVERYTHING);
});

test('a schema for editors may be named', async () => {
  expect(await readPolicyDocument('{"$schema": "policy.schema.json", "version": 1}')).toMatchObject({ version: 1 });
});

describe('what is wrong is named with its place, what was expected and what came', () => {
  test.each([
    ['', 'Expected a document in JSON or YAML, got an empty one'],
    ['# only a comment', 'Expected a document in JSON or YAML, got an empty one'],
    ['[]', 'Expected Object, got "a list"'],
    ['version: 1\nsampling: []', 'sampling: Expected Object, got "a list"'],
    ['a text', 'Expected Object, got "a text"'],
    ['{}', 'version: Expected "version", got nothing'],
    ['version: "1"', 'version: Expected 1, got "1"'],
    ['version: 2', 'version: Expected 1, got 2'],
    ['{"version": 1, "version": 1}', 'Expected each key once in an object, got "version" twice'],
    ['{"version": 1, "caps": {"input": {"bytes": 1, "\\u0062ytes": 2}}}', 'got "bytes" twice'],
    ['version: 1\nversion: 1', 'Map keys must be unique at line 2, column 1'],
    ['version: 1\n---\nversion: 1', 'Expected one YAML document, got 2'],
    ['version: !!int "1"\nonError: !secret x', 'Unresolved tag: !secret at line 2'],
    ['{"version": 1', 'at line 1, column'],
    ['version: 1\nsampling: {keepErrors: yes}', 'sampling.keepErrors: Expected boolean, got "yes"'],
    ['version: 1\nsampling: {rate: 10%}', 'sampling.rate: Expected number, got "10%"'],
    ['version: 1\nsampling: {rate: 1.5}', 'sampling.rate: Expected 1 or less, got 1.5'],
    ['version: 1\nsampling: {recordsPerSecond: .inf}', 'Expected 1000000 or less, got Infinity'],
    ['version: 1\nsampling: {recordsPerSecond: .nan}', 'sampling.recordsPerSecond: Expected number, got NaN'],
    ['version: 1\n<<: {onError: metadata}', 'Expected only the keys'],
    ['{"version": 1, "__proto__": {}}', 'Expected only the keys'],
    ['{"version": 1, "constructor": {}}', 'Expected only the keys'],
    ['version: 1\nredcation: []', 'redcation: Expected only the keys $schema, version, onError, '],
    ['version: 1\ncaptureOptions: []', 'captureOptions: Expected one or more, got a list'],
    ['version: 1\ncontentTypes: {}', 'contentTypes: Expected json or csv, got neither'],
    [
      'version: 1\ncontentTypes: {json: [text/*], csv: [text/CSV, TEXT/*]}',
      'contentTypes.csv[1]: Expected a type that json',
    ],
    ['version: 1\ncontentTypes: {json: ["text/*a*"]}', 'contentTypes.json[0]: Expected a content type'],
    ['version: 1\ncaps: {input: {bytes: -1}}', 'caps.input.bytes: Expected 0 or more, got -1'],
    ['version: 1\ncaps: {input: {bytes: 1.5}}', 'caps.input.bytes: Expected a whole number, got 1.5'],
    ['version: 1\nsubjectKey: caller', 'subjectKey: Expected a key in the document, got none'],
    ['version: 1\nkey: {variable: K}\nsubjectKey: eventId', 'subjectKey: Expected inferenceId, caller, header:NAME'],
    ['version: 1\nsampling: {by: caller}', 'sampling.by: Expected eventId, inferenceId, requestId, header:NAME'],
    ['version: 1\nsampling: {by: "header:"}', 'sampling.by: Expected eventId'],
    ['version: 1\nsampling: {by: "$["}', 'sampling.by: Expected a JSONPath of RFC 9535, got "$["'],
  ])('%j', async (text, expected) => {
    expect(await faultsOf(text)).toContain(expected);
  });

  test.each([
    [
      { detect: 'all', path: '$.a' },
      'redaction[0]: Expected exactly one of detect, path, pattern, got detect and path',
    ],
    [{}, 'redaction[0]: Expected exactly one of detect, path, pattern, got none of them'],
    [{ detect: ['emial'] }, 'redaction[0].detect[0]: Expected one of "email", "phone"'],
    [{ detect: 'email' }, 'redaction[0].detect: Expected "all" or Array, got "email"'],
    [{ pattern: 5 }, 'redaction[0].pattern: Expected string, got 5'],
    [{ detect: 'all', action: 'remove' }, 'redaction[0].action: Expected one of "replace", "hash"'],
    [{ detect: 'all', actoin: 'drop' }, 'redaction[0].actoin: Expected only the keys name, in, action'],
    [{ detect: 'all', name: 'A b' }, 'redaction[0].name: Expected lower-case letters'],
    [{ detect: 'all', action: 'hash' }, 'redaction[0].action: Expected a key in the document for hash, got none'],
    [{ detect: 'all', action: 'truncate' }, 'redaction[0].length: Expected a length for truncate, got nothing'],
    [{ detect: 'all', length: 5 }, 'redaction[0].length: Expected a length only with truncate, got one with replace'],
    [{ detect: 'all', keepLast: 4 }, 'redaction[0].keepLast: Expected keepLast only with mask'],
    [{ path: 'customer' }, 'redaction[0].path: Expected a JSONPath, which begins with "$"'],
    [{ path: '$.a[?match(@.b, "x")]' }, 'redaction[0].path: Expected a JSONPath without filters'],
  ])('the rule %j', async (rule, expected) => {
    expect(await faultsOf(withRule(rule))).toContain(expected);
  });

  test.each([
    [{ status: {} }, 'sampling.rules[0].when.status: Expected from or to, got neither'],
    [{ status: { from: 300, to: 200 } }, 'Expected from to be at most to, got 300 and 200'],
    [{ status: { from: 400 } }, 'sampling.rules[0].when: Expected keepErrors: false beside a rule for errors'],
    [{ errorCode: ['A'] }, 'sampling.rules[0].when: Expected keepErrors: false beside a rule for errors'],
    [{ score: { path: '$..[', below: 1 } }, 'sampling.rules[0].when.score.path: Expected a JSONPath'],
  ])('the condition %j', async (when, expected) => {
    const sampling = { rules: [{ name: 'a', when, rate: 0.1 }] };
    expect(await faultsOf(JSON.stringify({ version: 1, sampling }))).toContain(expected);
  });

  test('a name that two rules have', async () => {
    const rule = { name: 'same', detect: 'all' };
    const text = JSON.stringify({ version: 1, redaction: [rule, rule] });
    expect(await faultsOf(text)).toBe('redaction[1].name: Expected a name that no rule before has, got "same"');
  });
});

test('every fault is named, and not only the first', async () => {
  const faults = await faultsOf('version: 3\nonError: all\ncaps: {input: {bytes: x}}');
  expect(faults.split('; ')).toHaveLength(3);
});

test('a secret that stands where its name belongs is not repeated', async () => {
  expect(await faultsOf('version: 1\nkey: {variable: "tops3cret!"}')).not.toContain('tops3cret');
  expect(await faultsOf('version: 1\nkey: tops3cret!')).not.toContain('tops3cret');
  expect(await faultsOf('version: 1\nkey: [tops3cret!]')).not.toContain('tops3cret');
});

describe('a document that would take too much is refused', () => {
  test.each([
    ['too long', `version: 1\n# ${'x'.repeat(MAX_POLICY_BYTES)}`, 'bytes at most, got'],
    ['aliases of aliases', bomb(12), 'Excessive alias count'],
    ['deep JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'Expected Object, got "a list"'],
    ['deep YAML', `a: ${'['.repeat(100_000)}`, 'Maximum call stack size exceeded at line 1'],
  ])('%s', async (_, text, expected) => {
    expect(await faultsOf(text)).toContain(expected);
  });

  test('anchors as people write them are understood', async () => {
    const { caps } = await readPolicyDocument('version: 1\ncaps: {input: &cap {bytes: 10}, output: *cap}');
    expect(caps?.output).toEqual(caps?.input);
  });
});

function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
  return `a0: &a0 [x]\n${lines.join('\n')}`;
}

/** Values that are right somewhere, and some that are right nowhere. */
const value = fc.oneof(
  fc.constantFrom(
    'all',
    'email',
    'metadata',
    'replace',
    'a-name',
    'A name',
    '$.a',
    '/a',
    'a',
    '',
    'text/csv',
    'Input',
    '1',
  ),
  fc.constantFrom(0, 1, 2, 0.5, -1, 1.5, 100, 599, 600, 1e7),
  fc.constantFrom(null, true, false, [], {}),
);

/** The document with everything, and a value somewhere in it replaced, left out or added. */
const nearlyRight = fc.tuple(fc.array(fc.tuple(fc.nat(), fc.nat(3), value), { maxLength: 3 })).map(([changes]) => {
  const document = structuredClone(EVERYTHING) as Record<string, unknown>;
  for (const [where, how, value] of changes) {
    const places = placesIn(document);
    const [parent, key] = places[where % places.length]!;
    if (how === 0 && !Array.isArray(parent)) delete parent[key];
    else if (how === 1 && !Array.isArray(parent)) parent['unknown'] = value;
    else parent[key] = value;
  }
  return document;
});

function placesIn(value: unknown): [parent: Record<string, unknown>, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [[parent, key] as [typeof parent, string], ...placesIn(parent[key])]);
}

test('the published JSON Schema accepts the same documents, as another validator applies it', () => {
  const accepts = new Ajv({ strict: true }).compile(JSON.parse(policyJsonSchema()));
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(nearlyRight, (document) => {
      const accepted = v.is(PolicyDocument, document);
      seen[accepted ? 'accepted' : 'refused']++;
      expect(accepts(document)).toBe(accepted);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
});

test('no document, however odd, causes anything but a PolicyError', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        nearlyRight.map((d) => JSON.stringify(d)),
      ),
      async (text) => {
        const result = await readPolicyDocument(text).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(PolicyError);
      },
    ),
  );
});
