// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own
import { describe, expect, test } from 'vitest';
import { parseTemplate, readTemplate } from './template.ts';

test("the project's own template is understood, all of it", () => {
  const { template, warnings } = readTemplate('template.yaml');
  expect(template).toEqual({
    functionName: 'QuestionAnswering',
    handler: 'index.handler',
    memoryMb: 1769,
    timeoutMs: 28_000,
    routes: [{ method: 'POST', path: '/nlp-qa' }],
    buckets: ['inference-capture'],
    codeUri: 'dist/function',
    extensionsUri: 'dist/extension/extensions',
    variables: { CAPTURE_DESTINATION: 's3://inference-capture/records' },
  });
  expect(warnings).toEqual([]);
});

const source = (properties: string, more = '') => `
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Metadata: {Emulator: {CodeUri: code}}
    Properties:
      ImageConfig: {Command: [index.handler]}
${properties.replace(/^/gm, '      ')}
${more}`;
const parsed = (properties: string, more = '') => parseTemplate(source(properties, more), 'my.yaml');

test('what is not said has the default of Lambda', () => {
  expect(parsed('')).toMatchObject({
    template: { functionName: 'Fn', memoryMb: 128, timeoutMs: 3000, routes: [], variables: {}, extensionsUri: '' },
    warnings: [],
  });
});

describe('a variable', () => {
  const more = `
  Bucket: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: mine}}
Parameters:
  Stage: {Type: String, Default: dev}
  Asked: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}`;

  test.each([
    ['!Ref Bucket', 'inference-capture'],
    ['!GetAtt Bucket.Arn', 'arn:aws:s3:::inference-capture'],
    ['!GetAtt [Named, Arn]', 'arn:aws:s3:::mine'],
    ['{"Fn::GetAtt": [Named, Arn]}', 'arn:aws:s3:::mine'],
    ['!Sub "s3://${Bucket}/${AWS::Region}/${!Kept}"', 's3://inference-capture/us-east-1/${Kept}'],
    ['!Sub "${Named}-${Named.Arn}"', 'mine-arn:aws:s3:::mine'],
    ['!Sub ["${A}-${Stage}-${Named}", {A: !Ref Bucket, Named: 7}]', 'inference-capture-dev-7'],
    ['!Join ["/", [s3:/, !Ref Named, !Ref AWS::NoValue, a]]', 's3://mine/a'],
    ['!Ref Stage', 'dev'],
    ['7', '7'],
    ['true', 'true'],
  ])('%s is %s', (value, expected) => {
    const { template, warnings } = parsed(`Environment: {Variables: {A: ${value}}}`, more);
    expect(template.variables).toEqual({ A: expected });
    expect(template.buckets).toEqual(['inference-capture', 'mine']);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['!Ref Nobody', "Ref names 'Nobody', which has no local value"],
    ['!Ref constructor', "Ref names 'constructor', which has no local value"],
    ['!Ref Asked', "Ref names 'Asked', which has no local value"],
    ['!Ref Stored', "Ref names 'Stored', which has no local value"],
    ['!GetAtt Nobody.Arn', "Fn::GetAtt names 'Nobody.Arn'"],
    ['!Sub "${Nobody}"', "Fn::Sub names 'Nobody'"],
    ['!Sub {a: b}', 'expected Fn::Sub to have a string'],
    ['!Join [a, b]', 'expected Fn::Join to have a delimiter and a list'],
    ['!Join [",", [!Select [0, [a, b]]]]', 'the emulator knows Ref, Fn::GetAtt, Fn::Sub and Fn::Join, not Fn::Select'],
    ['!If [Prod, a, b]', 'not Fn::If'],
    ['!ImportValue other', 'not Fn::ImportValue'],
    ['{"Fn::FindInMap": [a, b, c]}', 'not Fn::FindInMap'],
  ])('%s has no local value: it is left out, and that is said with its place', (value, says) => {
    const { template, warnings } = parsed(`Environment:\n  Variables:\n    B: b\n    A: ${value}`, more);
    expect(template.variables).toEqual({ B: 'b' });
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(warnings[0]).toMatch(
      /^my\.yaml:11:11: Resources\.Fn\.Properties\.Environment\.Variables\.A is left out: .*\. Set it with --env A=VALUE$/,
    );
  });

  test('that is AWS::NoValue is not there, and nothing is to be said', () => {
    expect(parsed('Environment: {Variables: {A: !Ref AWS::NoValue}}')).toMatchObject({
      template: { variables: {} },
      warnings: [],
    });
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
    expect(warnings.map((line) => line.replace(/: the emulator.*|: Ref names.*/, ''))).toEqual([
      'my.yaml:13:3: Globals.HttpApi is ignored here',
      'my.yaml:11:14: Globals.Function.Runtime is ignored here',
      'my.yaml:11:35: Globals.Function.Layers is ignored here',
      'my.yaml:11:88: Globals.Function.Environment.Variables.A is left out',
      'my.yaml:12:9: Globals.Api.Auth is ignored here',
    ]);
  });
});

describe('what the emulator does not do is told, with its place', () => {
  const told: [properties: string, more: string, says: string][] = [
    ['Timeot: 28', '', 'my.yaml:8:7: Resources.Fn.Properties.Timeot is ignored here'],
    ['Layers: [a]', '', 'my.yaml:8:7: Resources.Fn.Properties.Layers is ignored here'],
    ['VpcConfig: {}', '', 'Resources.Fn.Properties.VpcConfig is ignored here'],
    [
      'Environment: {Variable: {A: b}}',
      '',
      'my.yaml:8:21: Resources.Fn.Properties.Environment.Variable is ignored here',
    ],
    [
      '',
      '  Queue: {Type: AWS::SQS::Queue}',
      'my.yaml:9:11: Resources.Queue.Type is ignored here: the emulator has no AWS::SQS::Queue',
    ],
    ['', '  Bucket: {Type: AWS::S3::Bucket, Condition: Prod}', 'Resources.Bucket.Condition is ignored here'],
    [
      '',
      '  Bucket: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}',
      'Resources.Bucket.Properties.VersioningConfiguration is ignored here',
    ],
    [
      '',
      '  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}',
      'my.yaml:9:50: Resources.Api.Properties.StageName is ignored here: the stage is Prod',
    ],
    [
      '',
      '  Api: {Type: AWS::Serverless::Api, Properties: {StageName: Prod, Auth: {}}}',
      'Properties.Auth is ignored here',
    ],
    ['', 'Global: {Function: {MemorySize: 256}}', 'my.yaml:9:1: Global is ignored here'],
    [
      'Events: {Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}',
      '',
      'has events of Type Api only, not SQS',
    ],
    [
      'Events: {Ask: {Type: Api, Properties: {Path: /a, Method: get, Auth: {ApiKeyRequired: true}}}}',
      '',
      'Resources.Fn.Properties.Events.Ask.Properties.Auth is ignored here',
    ],
  ];
  test.each(told)('%s %s', (properties, more, says) => {
    expect(parsed(properties, more).warnings).toEqual([expect.stringContaining(says)]);
  });

  test('a misspelt key of Metadata.Emulator', () => {
    const { warnings } = parseTemplate(
      source('').replace('CodeUri: code', 'CodeUri: code, ExtensionUri: x'),
      'my.yaml',
    );
    expect(warnings).toEqual(['my.yaml:5:42: Resources.Fn.Metadata.Emulator.ExtensionUri is ignored here']);
  });

  test('but what makes no difference here is not', () => {
    const { warnings } = parsed(
      'Policies: [{Statement: [{Effect: Allow, Resource: !Join ["", [!Ref Nobody]]}]}]\nTags: {a: !Ref Nobody}',
      '  Role: {Type: AWS::IAM::Role, Condition: Prod}\nOutputs: {A: {Value: !If [A, b, c]}}',
    );
    expect(warnings).toEqual([]);
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

test('a number may come as text, as the value of a parameter is', () => {
  const parameters = 'Parameters: {Memory: {Type: Number, Default: 512}}';
  expect(parsed('MemorySize: !Ref Memory\nTimeout: "30"', parameters).template).toMatchObject({
    memoryMb: 512,
    timeoutMs: 30_000,
  });
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
    /my\.yaml:1:13: Resources\.Fn\.Metadata: is needed, but not there/,
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
