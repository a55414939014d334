import { describe, expect, test } from 'vitest';
import { parseTemplate } from './template.ts';

/** A function whose properties are the text, after its `CodeUri`. */
const parsed = (properties: string, metadata = '{}', codeUri = 'code') =>
  parseTemplate(
    `Resources:
  Fn:
    Type: AWS::Serverless::Function
    Metadata: {Emulator: ${metadata}}
    Properties: {CodeUri: ${codeUri}, ${properties}}`,
    'my.yaml',
  );
const COMMAND = '{Command: [serve, now]}';

describe('a function in a zip', () => {
  test.each([
    ['of Node', 'Runtime: nodejs24.x, Handler: app.handler', '{}', 'nodejs24.x', undefined],
    ['that brings its runtime', 'Runtime: provided.al2023, Handler: any', '{}', 'provided.al2023', undefined],
    ['of another language', 'Runtime: python3.13, Handler: app.handler', COMMAND, 'python3.13', ['serve', 'now']],
  ])('%s needs no word about its folder', (_what, properties, metadata, runtime, command) => {
    const { template, warnings } = parsed(properties, metadata);
    expect(template).toMatchObject({ runtime, local: { codeUri: 'code' } });
    expect(template.local.command).toEqual(command);
    expect(warnings).toEqual([]);
  });

  test('has another folder on this machine where the metadata name one, whatever the property says', () => {
    const { local } = parsed(
      'Runtime: provided.al2023, Handler: any',
      '{CodeUri: here}',
      '{Bucket: a, Key: b}',
    ).template;
    expect(local.codeUri).toBe('here');
  });

  test('of an older Node runs on the one of the emulator, which is told', () => {
    const { template, warnings } = parsed('Runtime: nodejs20.x, Handler: app.handler');
    expect(template.runtime).toBe('nodejs24.x');
    expect(warnings).toEqual([
      'my.yaml:5:33: Resources.Fn.Properties.Runtime is ignored here: the emulator runs the function as nodejs24.x',
    ]);
  });

  test.each([
    [
      'Handler: app.handler, Runtime: python3.13',
      /5:55: .*\.Runtime: Expected Metadata\.Emulator\.Command .* python3\.13/,
    ],
    ['Runtime: nodejs24.x', /Properties\.Handler: is needed, but not there/],
    ['Runtime: nodejs24.x, Handler: app', /5:54: .*Properties\.Handler: Expected FILE\.EXPORT/],
    ['Runtime: [a]', /Properties\.Runtime: /],
    ['Handler: app.handler', /Properties\.ImageConfig\.Command\.0: is needed/],
  ])('%s is refused, with its place', (properties, says) => {
    expect(() => parsed(properties)).toThrow(says);
  });
});

test('an image with a program of its own has no runtime of Lambda', () => {
  expect(parsed('ImageConfig: {Command: [app]}', COMMAND).template).toMatchObject({
    handler: 'app',
    runtime: undefined,
  });
});

test.each([
  ['Command: []', 'Command.0: is needed'],
  ['Command: serve', 'Command: Expected a list: a program and its arguments'],
  ['Command: [""]', 'Command.0: Expected a program, got an empty text'],
])('%s is refused', (metadata, says) => {
  expect(() => parsed('ImageConfig: {Command: [a.b]}', `{${metadata}}`)).toThrow(says);
});

test('layers are told, unless the folder of the extensions stands for them', () => {
  const properties = 'Runtime: nodejs24.x, Handler: a.b, Layers: [!Ref Layer]';
  expect(parsed(properties).warnings).toEqual([expect.stringContaining('Properties.Layers is ignored here')]);
  expect(parsed(properties, '{ExtensionsUri: extensions}').warnings).toEqual([]);
});
