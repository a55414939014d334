import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Setting, stage } from '../fixtures/environment.ts';

const FOLDER = path.resolve('emulator/fixtures/handlers/with-bootstrap');
const BOOTSTRAP = path.join(FOLDER, 'bootstrap');

const started = async (setting: Setting) => {
  await using play = await stage({ handler: 'with-bootstrap', extensions: ['timely'], ...setting });
  const { body } = await play.invoke({ item: 'book' });
  expect((await play.invoke({ item: 'pen' })).body.event).toEqual({ item: 'pen' });
  return body;
};

describe.concurrent('a runtime that is not the own one of the emulator', () => {
  test('is the bootstrap in the folder of the function, for the runtimes that a function brings itself', async () => {
    const { event, args, workingFolder, variables } = await started({ runtime: 'provided.al2023' });
    expect({ event, args, workingFolder }).toEqual({ event: { item: 'book' }, args: [], workingFolder: FOLDER });
    expect(variables).toMatchObject({ _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: FOLDER, FROM_TEMPLATE: 'template' });
    expect(variables).not.toHaveProperty('AWS_EXECUTION_ENV');
  });

  test('is the command of the metadata, with its arguments', async () => {
    const { event, args, workingFolder, variables } = await started({
      runtime: 'python3.13',
      command: [BOOTSTRAP, '-m', 'app.handler'],
    });
    expect({ event, args, workingFolder }).toEqual({
      event: { item: 'book' },
      args: ['-m', 'app.handler'],
      workingFolder: FOLDER,
    });
    expect(variables).toMatchObject({ LAMBDA_TASK_ROOT: FOLDER, AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13' });
  });

  test('is looked up in the PATH of the function where it has no slash', async () => {
    expect((await started({ command: ['node', BOOTSTRAP, 'now'] })).args).toEqual(['now']);
  });

  test('is wrapped by AWS_LAMBDA_EXEC_WRAPPER, but not where the function brings it', async () => {
    const env = { AWS_LAMBDA_EXEC_WRAPPER: '/nowhere/wrapper' };
    expect(await started({ runtime: 'provided.al2023', env })).toMatchObject({ event: { item: 'book' } });
    await using play = await stage({ command: [BOOTSTRAP], env });
    expect((await play.invoke({})).body).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(play.log.join('\n')).toContain('/nowhere/wrapper: does not exist');
  });

  test('that is in no folder of the PATH fails the init, and says why', async () => {
    await using play = await stage({ command: ['no-such-program'] });
    expect((await play.invoke({})).body).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining('fork/exec no-such-program: no such file or directory'),
    });
  });
});
