// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own
import { expect, test } from 'vitest';
import { parseTemplate, readTemplate } from './template.ts';

test("the project's own template is understood", () => {
  expect(readTemplate('template.yaml')).toMatchObject({
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
});

const template = (properties: string, resources = '') => `
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Metadata: {Emulator: {CodeUri: code}}
    Properties:
      ImageConfig: {Command: [index.handler]}
${properties.replace(/^/gm, '      ')}
${resources}`;

test('what is not said has the default of Lambda', () => {
  expect(parseTemplate(template(''), 'file')).toMatchObject({
    functionName: 'Fn',
    memoryMb: 128,
    timeoutMs: 3000,
    routes: [],
    variables: {},
    extensionsUri: '',
  });
});

test.each([
  ['!Ref Bucket', 'inference-capture'],
  ['!GetAtt Bucket.Arn', 'arn:aws:s3:::inference-capture'],
  ['{"Fn::GetAtt": [Named, Arn]}', 'arn:aws:s3:::mine'],
  ['!Sub "s3://${Bucket}/${AWS::Region}/${!Kept}"', 's3://inference-capture/us-east-1/${Kept}'],
  ['!Sub "${Named}-${Named.Arn}"', 'mine-arn:aws:s3:::mine'],
  ['7', '7'],
  ['true', 'true'],
])('the variable %s is %s', (value, expected) => {
  const buckets = '  Bucket: {Type: AWS::S3::Bucket}\n  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: mine}}';
  const { variables, buckets: names } = parseTemplate(
    template(`Environment: {Variables: {A: ${value}}}`, buckets),
    'file',
  );
  expect(variables).toEqual({ A: expected });
  expect(names).toEqual(['inference-capture', 'mine']);
});

test.each([
  ['MemorySize: 64', 'Resources.Fn.Properties.MemorySize'],
  ['Timeout: "30"', 'Resources.Fn.Properties.Timeout'],
  [
    'Events: {Ask: {Type: Api, Properties: {Path: ask, Method: post}}}',
    'Resources.Fn.Properties.Events.Ask.Properties.Path',
  ],
  ['Events: {Ask: {Type: SQS}}', 'Resources.Fn.Properties.Events.Ask.Type'],
  ['Environment: {Variables: {A: !Ref Nobody}}', "!Ref names 'Nobody'"],
  ['Environment: {Variables: {A: !GetAtt Nobody.Arn}}', "!GetAtt names 'Nobody.Arn'"],
  ['Environment: {Variables: {A: !Join [a, b]}}', '!Join'],
  ['Environment: {Variables: {A: {"Fn::Join": [a, b]}}}', 'Fn::Join'],
])('%s is refused, with its place', (properties, says) => {
  expect(() => parseTemplate(template(properties), 'my.yaml')).toThrow(says);
  expect(() => parseTemplate(template(properties), 'my.yaml')).toThrow('my.yaml');
});

test.each([
  ['Resources: {}', 'expected one resource of Type AWS::Serverless::Function, got 0'],
  ['- a', 'my.yaml'],
  ['a: [', 'my.yaml'],
  ['', 'my.yaml'],
  ['Resources: {Fn: {Type: AWS::Serverless::Function}}', 'Resources.Fn.Metadata'],
])('a file that holds %j is refused', (text, says) => {
  expect(() => parseTemplate(text, 'my.yaml')).toThrow(says);
});

test('a file that is not there is named', () => {
  expect(() => readTemplate('/nowhere/template.yaml')).toThrow('/nowhere/template.yaml');
});
