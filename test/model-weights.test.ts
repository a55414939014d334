import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EXACT_FORMS } from '../function/fixtures/golden.ts';
import { thisProcessor } from '../function/model/processor.ts';

const BUNDLE = path.resolve('dist/function/index.mjs');
const EVENT = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };
const PROGRAM = `
const { handler } = await import(${JSON.stringify(BUNDLE)});
const answer = await handler(${JSON.stringify(EVENT)}, { awsRequestId: '1', getRemainingTimeInMillis: () => 10_000 });
console.log(JSON.stringify({ message: 'answered', answer }));
`;

/** Runs the function's bundle as far as one answer, in an environment of its own. */
function runFunction(env: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    env: { CAPTURE_DISABLED: 'true', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { status, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test.each([
  ['the prepared model', {}],
  ['a model as it was published', { MODEL_DIR: path.resolve('model') }],
])('%s is opened in the form for this processor, or the one that is asked for, and answers the same', (_, env) => {
  const { kind, weights } = thisProcessor();
  const forms = [['auto', weights], ...EXACT_FORMS.map((form) => [form, form])] as const;
  const runs = forms.map(([wanted, form]) => {
    const { lines } = runFunction({ ...env, MODEL_WEIGHTS: wanted });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'ready to answer', processor: kind, weights: form }),
    );
    return lines.find(({ message }) => message === 'answered');
  });
  for (const run of runs) expect(run).toEqual(runs[0]);
  expect(runs[0]).toMatchObject({ answer: { answer: 'Berlin' } });
});

test('a form that there is not ends the start, and the error names the variable', () => {
  const { status, stderr } = runFunction({ MODEL_WEIGHTS: 'int8' });
  expect(status).toBe(1);
  expect(stderr).toContain('MODEL_WEIGHTS: expected one of auto, signed, unsigned, got "int8"');
});
