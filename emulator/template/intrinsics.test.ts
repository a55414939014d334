// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own
import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/template.ts';

describe('a variable', () => {
  const more = `
  Bucket: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: mine}}
Parameters:
  Stage: {Type: String, Default: dev}
  Asked: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}`;

  test.each([
    ['!Ref Bucket', 'local-bucket'],
    ['!GetAtt Bucket.Arn', 'arn:aws:s3:::local-bucket'],
    ['!GetAtt [Named, Arn]', 'arn:aws:s3:::mine'],
    ['{"Fn::GetAtt": [Named, Arn]}', 'arn:aws:s3:::mine'],
    ['!Sub "s3://${Bucket}/${AWS::Region}/${!Kept}"', 's3://local-bucket/us-east-1/${Kept}'],
    ['!Sub "${Named}-${Named.Arn}"', 'mine-arn:aws:s3:::mine'],
    ['!Sub ["${A}-${Stage}-${Named}", {A: !Ref Bucket, Named: 7}]', 'local-bucket-dev-7'],
    ['!Join ["/", [s3:/, !Ref Named, !Ref AWS::NoValue, a]]', 's3://mine/a'],
    ['!Ref Stage', 'dev'],
    ['7', '7'],
    ['true', 'true'],
  ])('%s is %s', (value, expected) => {
    const { template, warnings } = parsed(`Environment: {Variables: {A: ${value}}}`, more);
    expect(template.variables).toEqual({ A: expected });
    expect(template.buckets).toEqual(['local-bucket', 'mine']);
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
