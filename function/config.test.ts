import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

test('without any variable, everything has a default', () => {
  expect(parseConfig({}, '/var/task')).toEqual({
    modelDir: '/var/task/model',
    functionName: 'unknown',
    modelWeights: 'auto',
    capture: { port: 2772, timeoutMs: 250 },
    headers: [],
    threads: 1,
    deadlineMarginMs: 750,
  });
});

test.each(['true', '1', 'Yes', ' on ', 'ture'])(
  'CAPTURE_DISABLED=%s switches capture off, and then no time is kept for it',
  (text) => {
    const config = parseConfig({ CAPTURE_DISABLED: text, CAPTURE_PORT: 'no matter' }, '');
    expect(config.capture).toBeUndefined();
    expect(config.captureFault).toBeUndefined();
    expect(config.deadlineMarginMs).toBe(500);
  },
);

test.each([
  ['128', 1],
  ['1769', 1],
  ['3008', 2],
  ['10240', 6],
])('%s MB are %i threads, as far as the machine has cores', (memory, threads) => {
  const config = parseConfig({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }, '');
  expect(config.threads).toBe(Math.min(threads, availableParallelism()));
});

test('the headers that a record tells are a list of names in any case', () => {
  const { headers } = parseConfig({ CAPTURE_HEADERS: ' X-Tenant, user-agent,x-tenant, ' }, '');
  expect(headers).toEqual(['x-tenant', 'user-agent']);
});

const WRONG: [Record<string, string>, string][] = [
  [{ CAPTURE_PORT: 'http' }, 'CAPTURE_PORT: expected a whole number from 1 to 65535, got "http"'],
  [{ CAPTURE_PORT: '' }, 'CAPTURE_PORT: expected a whole number from 1 to 65535, got ""'],
  [
    { CAPTURE_HEADERS: 'x-tenant,Cookie' },
    'CAPTURE_HEADERS: expected names of headers with "," between them, and none of authorization, proxy-authorization, cookie, x-api-key, ' +
      'x-amz-security-token, x-amzn-oidc-accesstoken, x-amzn-oidc-data, got "x-tenant,cookie"',
  ],
  [
    { CAPTURE_HEADERS: Array.from({ length: 33 }, (_, i) => `x-${i}`).join() },
    'CAPTURE_HEADERS: expected at most 32 names of headers, got 33',
  ],
  [{ CAPTURE_TIMEOUT_MS: '0' }, 'CAPTURE_TIMEOUT_MS: expected a whole number from 1 to 60000, got "0"'],
];

test.each(WRONG)('with %j nothing is captured, and the function answers', (env, message) => {
  expect(parseConfig(env, '')).toMatchObject({ capture: undefined, captureFault: message, deadlineMarginMs: 500 });
});

test.each<[Record<string, string>, string]>([
  ...WRONG,
  [{ CAPTURE_DISABLED: '1' }, 'CAPTURE_DISABLED: expected no, because CAPTURE_FAIL_CLOSED is'],
  [{ CAPTURE_DISABLED: 'perhaps' }, 'CAPTURE_DISABLED: expected no, because CAPTURE_FAIL_CLOSED is'],
])('with %j a function that must not answer without a record does not start', (env, message) => {
  for (const CAPTURE_FAIL_CLOSED of ['1', 'TRUE', 'yes', 'on', 'ture']) {
    expect(() => parseConfig({ ...env, CAPTURE_FAIL_CLOSED }, '')).toThrow(message);
  }
});

test.each([
  [{ MODEL_WEIGHTS: 'int8' }, 'MODEL_WEIGHTS: expected one of auto, signed, unsigned, got "int8"'],
  [{ MODEL_DIR: '' }, 'MODEL_DIR: expected the path of a folder, got ""'],
  [{ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1 GB' }, 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE: expected a whole number from 1'],
])('%j is refused', (env, message) => {
  expect(() => parseConfig(env, '')).toThrow(message);
});
