import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/template.ts';

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

  test('but what makes no difference here is not', () => {
    const { warnings } = parsed(
      'Policies: [{Statement: [{Effect: Allow, Resource: !Join ["", [!Ref Nobody]]}]}]\nTags: {a: !Ref Nobody}',
      '  Role: {Type: AWS::IAM::Role, Condition: Prod}\nOutputs: {A: {Value: !If [A, b, c]}}',
    );
    expect(warnings).toEqual([]);
  });
});
