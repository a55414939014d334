import os from 'node:os';
import { describe, expect, test } from 'vitest';
import { LaunchError } from '../processes/launch-error.ts';
import { ending, extensionExited, launched, runtimeExited, runtimeLaunched } from './lifecycle.ts';

describe('an exit', () => {
  const exits: [status: { code: number | null; signal: NodeJS.Signals | null }, runtime: string, extension: string][] =
    [
      [{ code: 0, signal: null }, 'Runtime exited without providing a reason', 'Extension e exited with exit status 0'],
      [{ code: 3, signal: null }, 'Runtime exited with error: exit status 3', 'Extension e exited with exit status 3'],
      [
        { code: null, signal: 'SIGKILL' },
        'Runtime exited with error: signal: SIGKILL',
        'Extension e exited with signal: SIGKILL',
      ],
    ];
  test.each(exits)('with %j is a fault of either', (status, runtime, extension) => {
    const life = runtimeLaunched(launched(['e']));
    expect(runtimeExited(life, status).fault).toEqual({ errorType: 'Runtime.ExitError', errorMessage: runtime });
    expect(extensionExited(life, 'e', status).fault).toEqual({ errorType: 'Extension.Crash', errorMessage: extension });
  });

  test('of a runtime that cannot even be started says so', () => {
    const cause = Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT', errno: -os.constants.errno.ENOENT });
    const status = { code: null, signal: null, launchError: new LaunchError('/nowhere/node', '/', cause) };
    expect(runtimeExited(runtimeLaunched(launched([])), status).fault).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining('fork/exec /nowhere/node: no such file or directory'),
    });
  });

  test('is none during the shutdown', () => {
    const life = ending(launched(['e']));
    const status = { code: 1, signal: null };
    expect(extensionExited(runtimeExited(life, status), 'e', status)).not.toHaveProperty('fault');
  });

  test('does not replace the first fault', () => {
    const status = { code: 1, signal: null };
    const life = runtimeExited(extensionExited(launched(['e']), 'e', status), status);
    expect(life.fault?.errorType).toBe('Extension.Crash');
  });
});
