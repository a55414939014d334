// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the template's notation
import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/template.ts';

const local = (metadata?: string) => parsed('', '', metadata).template.local;

describe('Metadata.Emulator of a function', () => {
  test('needs nothing but the code', () => {
    expect(local()).toEqual({
      codeUri: 'code',
      extensionsUri: '',
      command: undefined,
      buildCommand: undefined,
      sample: {},
      ports: [],
      variables: {},
    });
  });

  test('says how the function runs on this machine', () => {
    const metadata = `ExtensionsUri: extensions, Command: [bin/serve, --port, "1"], BuildCommand: npm run bundle, Sample: {Path: /a/7, Body: '{"a":1}'},
      Ports: {Agent: {Variable: AGENT_PORT, Preferred: 4000}, other-one: {Variable: OTHER}},
      Variables: {FOLDER: "\${Tmp}/agent:\${Tmp}", COUNT: 7, ON: true}`;
    expect(local(metadata)).toEqual({
      codeUri: 'code',
      extensionsUri: 'extensions',
      command: ['bin/serve', '--port', '1'],
      buildCommand: 'npm run bundle',
      sample: { path: '/a/7', body: '{"a":1}' },
      ports: [
        { name: 'Agent', variable: 'AGENT_PORT', preferred: 4000 },
        { name: 'other-one', variable: 'OTHER', preferred: 0 },
      ],
      variables: { FOLDER: '${Tmp}/agent:${Tmp}', COUNT: '7', ON: 'true' },
    });
  });

  test.each([
    ['Ports: {Agent: {Preferred: 4000}}', '5:50: Resources.Fn.Metadata.Emulator.Ports.Agent.Variable: is needed'],
    ['Ports: {Agent: {Variable: A B}}', 'Ports.Agent.Variable: Expected the name of a variable'],
    ['Ports: {Agent: {Variable: A, Preferred: 65536}}', 'Ports.Agent.Preferred: Expected a port from 0 to 65535'],
    ['Ports: {"a b": {Variable: A}}', 'Ports.a b: Expected a name of letters, digits, _ and -'],
    ['Variables: {"A-B": b}', 'Variables.A-B: Expected the name of a variable'],
    ['Variables: {A: [b]}', 'Variables.A: Expected text, a number, true or false'],
    ['Variables: {A: "${Temp}/a"}', '5:54: Resources.Fn.Metadata.Emulator.Variables.A: Expected no placeholder'],
    ['Sample: {Path: a}', '5:51: Resources.Fn.Metadata.Emulator.Sample.Path: Expected a path that starts with /'],
    [
      "Sample: {Body: '{}', BodyFile: a.json}",
      '5:42: Resources.Fn.Metadata.Emulator.Sample: Expected Body or BodyFile, got both',
    ],
    ['Sample: {Body: {a: 1}}', 'Sample.Body: Invalid type: Expected string but received Object'],
  ])('%s is refused, with its place', (metadata, says) => {
    expect(() => local(metadata)).toThrow(says);
  });

  test.each([
    ['ExtensionUri: x', 'my.yaml:5:42: Resources.Fn.Metadata.Emulator.ExtensionUri is ignored here'],
    ['Sample: {Bdy: x}', 'Emulator.Sample.Bdy is ignored here'],
    ['Ports: {Agent: {Variable: A, Prefered: 1}}', 'Emulator.Ports.Agent.Prefered is ignored here'],
  ])('%s, a misspelt key, is told', (metadata, says) => {
    expect(parsed('', '', metadata).warnings).toEqual([expect.stringContaining(says)]);
  });
});

describe('a bucket is called here', () => {
  const bucket = (rest: string, id = 'MyBucket') => parsed('', `  ${id}: {Type: AWS::S3::Bucket${rest}}`);

  test.each([
    ['as its property says', ', Properties: {BucketName: mine}, Metadata: {Emulator: {BucketName: here}}', 'mine'],
    ['as its metadata say', ', Metadata: {Emulator: {BucketName: here}}', 'here'],
    ['by stack and logical id, where neither says anything', ', Metadata: {Other: 1}', 'local-mybucket'],
  ])('%s', (_what, rest, name) => {
    const { template, warnings } = bucket(rest);
    expect(template.buckets).toEqual([name]);
    expect(warnings).toEqual([]);
  });

  test('by as much of a long logical id as a name may have', () => {
    const [name] = bucket('', 'B'.repeat(100)).template.buckets;
    expect(name).toBe(`local-${'b'.repeat(57)}`);
  });

  test.each([
    [
      ', Metadata: {Emulator: {BucketName: A_b}}',
      'my.yaml:9:59: Resources.MyBucket.Metadata.Emulator.BucketName: Expected the name',
    ],
    [', Metadata: {Emulator: a}', 'Resources.MyBucket.Metadata.Emulator: Invalid type'],
  ])('%s is refused, with its place', (rest, says) => {
    expect(() => bucket(rest)).toThrow(says);
  });

  test('and a misspelt key is told', () => {
    expect(bucket(', Metadata: {Emulator: {Name: a}}').warnings).toEqual([
      expect.stringContaining('Resources.MyBucket.Metadata.Emulator.Name is ignored here'),
    ]);
  });
});
