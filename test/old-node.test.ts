import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { FakeExtensionsApi } from '../harness/extensions-api.ts';

const OLD = 'data:text/javascript,delete process.getBuiltinModule';

test('a Node that is too old for the bundle is reported, and does not end the environment', async () => {
  await using lambda = await FakeExtensionsApi.start();
  const child = spawn(process.execPath, ['--import', OLD, 'dist/extension/inference-capture/index.mjs'], {
    env: { AWS_LAMBDA_RUNTIME_API: lambda.address, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await lambda.asked(1);
  expect(lambda.routes).toEqual(['POST /register', 'GET /event/next']);
  expect(JSON.parse(lambda.requests[0]!.body)).toEqual({ events: ['SHUTDOWN'] });
  lambda.shutdown();
  expect(await exited).toEqual([0, null]);
  expect(JSON.parse(output)).toMatchObject({
    level: 'ERROR',
    message: expect.stringMatching(
      /^the Node of this image is too old \(expected 20\.16 or newer, got v\d.*no record is captured\. Add Node/,
    ),
  });
});
