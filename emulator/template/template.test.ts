import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/template.ts';
import { parseTemplate, readTemplate } from './template.ts';

test('what is not said has the default of Lambda', () => {
  expect(parsed('')).toMatchObject({
    template: { functionName: 'Fn', memoryMb: 128, timeoutMs: 3000, routes: [], variables: {}, buckets: [] },
    warnings: [],
  });
});

test('a number may come as text, as the value of a parameter is', () => {
  const parameters = 'Parameters: {Memory: {Type: Number, Default: 512}}';
  expect(parsed('MemorySize: !Ref Memory\nTimeout: "30"', parameters).template).toMatchObject({
    memoryMb: 512,
    timeoutMs: 30_000,
  });
});

describe('Globals', () => {
  test('are what a function has where it says nothing itself, by the rules of SAM', () => {
    const { template, warnings } = parsed(
      'Timeout: 10\nEnvironment: {Variables: {B: own, C: !Ref AWS::Region}}',
      `
Globals:
  Function:
    MemorySize: 256
    Timeout: 20
    Environment: {Variables: {A: global, B: global, C: global}}`,
    );
    expect(template).toMatchObject({ memoryMb: 256, timeoutMs: 10_000 });
    expect(template.variables).toEqual({ A: 'global', B: 'own', C: 'us-east-1' });
    expect(warnings).toEqual([]);
  });

  test('that are wrong are named where they stand', () => {
    expect(() => parsed('', 'Globals: {Function: {MemorySize: 64}}')).toThrow(
      /my\.yaml:9:22: Globals\.Function\.MemorySize: .*128/,
    );
  });

  test('that the emulator does not know are told', () => {
    const { warnings } = parsed(
      '',
      `
Globals:
  Function: {Runtime: nodejs20.x, Layers: [a], Tags: {a: b}, Environment: {Variables: {A: !Ref Nobody}}}
  Api: {Auth: {ApiKeyRequired: true}}
  HttpApi: {}`,
    );
    expect(warnings.map((line) => line.replace(/: (the emulator|the function|Ref names).*/, ''))).toEqual([
      'my.yaml:13:3: Globals.HttpApi is ignored here',
      'my.yaml:11:35: Globals.Function.Layers is ignored here',
      'my.yaml:11:88: Globals.Function.Environment.Variables.A is left out',
      'my.yaml:11:14: Globals.Function.Runtime is ignored here',
      'my.yaml:12:9: Globals.Api.Auth is ignored here',
    ]);
  });
});

const wrong: [properties: string, says: RegExp][] = [
  ['MemorySize: 64', /my\.yaml:8:7: Resources\.Fn\.Properties\.MemorySize: /],
  ['Timeout: "30 s"', /my\.yaml:8:7: Resources\.Fn\.Properties\.Timeout: /],
  ['Timeout: 1.5', /Resources\.Fn\.Properties\.Timeout: /],
  ['Environment: {Variables: {A: [b]}}', /my\.yaml:8:33: Resources\.Fn\.Properties\.Environment\.Variables\.A: /],
  [
    'Events: {Ask: {Type: Api, Properties: {Path: ask, Method: post}}}',
    /my\.yaml:8:46: Resources\.Fn\.Properties\.Events\.Ask\.Properties\.Path: .*starts with \/, got 'ask'/,
  ],
  ['Events: {Ask: {Type: Api, Properties: {Path: /a, Method: ask}}}', /Properties\.Method: Expected one of ANY, /],
];
test.each(wrong)('%s is refused, with its place', (properties, says) => {
  expect(() => parsed(properties)).toThrow(says);
});

test.each([
  ['Resources: {}', /^my\.yaml: expected one resource of Type AWS::Serverless::Function, got 0/],
  ['- a', /my\.yaml:1:1: Resources: is needed, but not there/],
  ['', /my\.yaml:1:1: the template: /],
  ['a: [', /^my\.yaml:1:5: no template that the emulator can read: /],
  ['a: 1\nb:\n  c: 1\n  c: 2\n', /^my\.yaml:4:3: .*Map keys must be unique/],
  ['a:\n\tb: 1\n', /^my\.yaml:2:1: .*[Tt]ab/],
  ['a: 1\nb: !Reff x\n', /^my\.yaml:2:4: .*!Reff/],
  ['a: *b', /^my\.yaml: .*alias.*b/],
  ['a: 1\n---\nb: 1\n', /^my\.yaml:2:1: .*multiple documents/],
  [
    'Resources: {Fn: {Type: AWS::Serverless::Function}}',
    /my\.yaml:1:13: Resources\.Fn\.Metadata\.Emulator\.CodeUri: is needed, but not there/,
  ],
  [
    'Resources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: ../x}}, Fn: {Type: AWS::Serverless::Function}}',
    /BucketName: Expected the name of a bucket/,
  ],
])('a file that holds %j is refused, with its place', (text, says) => {
  expect(() => parseTemplate(text, 'my.yaml')).toThrow(says);
});

test('a file that is not there is named', () => {
  expect(() => readTemplate('/nowhere/template.yaml')).toThrow('/nowhere/template.yaml');
});
