import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { Environment, EnvironmentClosed, TooManyRequests } from './environment.ts';

test('more invocations than may wait are refused at once, and room comes back', async () => {
  const environment = new Environment({
    identity: { functionName: 'f', functionVersion: '$LATEST', handler: 'index.handler', accountId: '1' },
    functionArn: 'arn',
    memoryMb: 128,
    timeoutMs: 1000,
    maxWaiting: 2,
    extensions: [],
    runtimeProgram: () => ({ command: process.execPath, args: ['-e', 'process.exit(3)'], folder: '/', variables: {} }),
    extensionProgram: () => ({ command: '', args: [], folder: '/', variables: {} }),
    log: () => {},
    clock: systemClock,
  });
  const payload = Buffer.from('{}');
  const accepted = [environment.invoke({ payload }), environment.invoke({ payload })];
  expect(() => environment.invoke({ payload })).toThrow(TooManyRequests);
  await Promise.all(accepted.map(({ finished }) => finished));
  expect((await environment.invoke({ payload }).answered).functionError).toBe('Unhandled');
  await environment.close();
  expect(() => environment.invoke({ payload })).toThrow(EnvironmentClosed);
});
