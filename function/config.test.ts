import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

test('without any variable, everything has a default', () => {
  expect(parseConfig({}, '/var/task')).toEqual({
    modelDir: '/var/task/model',
    modelWeights: 'auto',
    capture: { port: 2772, timeoutMs: 250 },
    threads: 1,
    deadlineMarginMs: 750,
  });
});

test('capture can be switched off, and then no time is kept for it', () => {
  const config = parseConfig({ CAPTURE_DISABLED: 'true' }, '');
  expect(config.capture).toBeUndefined();
  expect(config.deadlineMarginMs).toBe(500);
});

test.each([
  ['128', 1],
  ['1769', 1],
  ['3008', 2],
  ['10240', 6],
])('%s MB are %i threads, as far as the machine has cores', (memory, threads) => {
  const config = parseConfig({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }, '');
  expect(config.threads).toBe(Math.min(threads, availableParallelism()));
});

test.each([
  [{ CAPTURE_PORT: 'http' }, 'CAPTURE_PORT: expected a whole number from 1 to 65535, got "http"'],
  [{ CAPTURE_PORT: '' }, 'CAPTURE_PORT: expected a whole number from 1 to 65535, got ""'],
  [{ CAPTURE_TIMEOUT_MS: '0' }, 'CAPTURE_TIMEOUT_MS: expected a whole number from 1 to 60000, got "0"'],
  [{ CAPTURE_DISABLED: 'yes' }, 'CAPTURE_DISABLED: expected "true" or "false", got "yes"'],
  [{ MODEL_WEIGHTS: 'int8' }, 'MODEL_WEIGHTS: expected "auto", "signed" or "unsigned", got "int8"'],
  [{ MODEL_DIR: '' }, 'MODEL_DIR: expected the path of a folder, got ""'],
])('%j is refused', (env, message) => {
  expect(() => parseConfig(env, '')).toThrow(message);
});
