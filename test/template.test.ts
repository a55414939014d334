import { expect, test } from 'vitest';
import { readTemplate } from '../emulator/template/template.ts';

test('the emulator understands all of template.yaml', () => {
  const { template, warnings } = readTemplate('template.yaml');
  expect(template).toEqual({
    functionName: 'QuestionAnswering',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    memoryMb: 1769,
    timeoutMs: 28_000,
    routes: [{ method: 'POST', path: '/nlp-qa' }],
    buckets: ['inference-capture'],
    variables: { CAPTURE_DESTINATION: 's3://inference-capture/records' },
    local: {
      codeUri: 'dist/function',
      extensionsUri: 'dist/extension/extensions',
      command: undefined,
      buildCommand: 'make build',
      sample: { bodyFile: 'dist/sample.json' },
      ports: [{ name: 'Extension', variable: 'CAPTURE_PORT', preferred: 2772 }],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the template's notation
      variables: { CAPTURE_SPOOL_DIR: '${Tmp}/inference-capture' },
    },
  });
  expect(warnings).toEqual([]);
});
