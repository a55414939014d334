import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { processState, stage, until } from '../fixtures/environment.ts';

const initializationType = 'lambda-managed-instances';

test.skipIf(!existsSync('/proc/self/stat'))('an environment of Managed Instances is never frozen', async () => {
  await using emulated = await stage({ extensions: ['shutdown-only'], initializationType });
  const { body } = await emulated.invoke({ behaviour: 'describe' });
  expect(body.variables.AWS_LAMBDA_INITIALIZATION_TYPE).toBe('lambda-managed-instances');
  await until(() => emulated.log.some((line) => line.startsWith('REPORT')), 'the end of the invocation');
  expect(processState(body.pid)).not.toBe('T');
  expect(processState(Number(emulated.note('shutdown-only', 'pid')))).not.toBe('T');
});

test('its extensions cannot register for INVOKE', async () => {
  await using emulated = await stage({ extensions: ['asks-for-invoke'], initializationType });
  expect(emulated.log.join('\n')).toMatch(/asks-for-invoke refused: .*Extension.InvalidEventType/);
});
