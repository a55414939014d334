import http from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenOnLoopback } from '../../harness/loopback.ts';
import { loadFailureOf } from './policy-failure.ts';
import { secretsManager } from './secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:capture-key-AbCdEf';
/** The answers of Secrets Manager, by the name of a secret. */
const ANSWERS: Record<string, [status: number, body: object]> = {
  text: [200, { SecretString: 'a text' }],
  bytes: [200, { SecretBinary: Buffer.from([1, 2, 3]).toString('base64') }],
  [ARN]: [200, { SecretString: 'of another region' }],
  gone: [400, { __type: 'ResourceNotFoundException', message: 'Secrets Manager can’t find the specified secret.' }],
  forbidden: [400, { __type: 'AccessDeniedException', message: 'is not authorized' }],
  throttled: [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }],
  broken: [500, { __type: 'InternalServiceError' }],
};

let stack: AsyncDisposableStack;
const requests: { target: string; authorization: string }[] = [];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  requests.length = 0;
  const server = http.createServer(async (request, response) => {
    const { headers } = request;
    requests.push({ target: String(headers['x-amz-target']), authorization: String(headers.authorization) });
    const answer = ANSWERS[((await json(request)) as { SecretId: string }).SecretId];
    if (answer === undefined) return; // it hangs
    response.writeHead(answer[0], { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer[1]));
  });
  const { address } = stack.use(await listenOnLoopback(server));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://${address}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

const get = (id: string, ms = 5000) => secretsManager(undefined)(id, AbortSignal.timeout(ms));

test.each([
  ['text', 'a text', 'eu-central-1'],
  ['bytes', new Uint8Array([1, 2, 3]), 'eu-central-1'],
  [ARN, 'of another region', 'us-west-2'],
])('the secret %s is got from its region', async (id, value, region) => {
  const got = await get(id);
  expect(typeof got === 'string' ? got : new Uint8Array(got)).toEqual(value);
  expect(requests).toEqual([
    {
      target: 'secretsmanager.GetSecretValue',
      authorization: expect.stringContaining(`/${region}/secretsmanager/aws4_request`),
    },
  ]);
});

test.each([
  ['gone', false, /correct the secret/],
  ['forbidden', false, /secretsmanager:GetSecretValue/],
  ['throttled', true, /tries again/],
  ['broken', true, /tries again/],
])('a secret that is %s is told with a remedy', async (id, passes, remedy) => {
  const failure = await get(id).then(() => expect.unreachable(), loadFailureOf);
  expect(failure).toMatchObject({ passes, wrong: false, remedy: expect.stringMatching(remedy) });
  expect(requests).toHaveLength(1);
});

test('an answer that never comes ends with the signal', async () => {
  const failure = await get('hanging', 50).then(() => expect.unreachable(), loadFailureOf);
  expect(failure).toMatchObject({ passes: true });
});
