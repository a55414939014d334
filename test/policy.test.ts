import path from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from './emulator-process.ts';
import { storedRecords } from './stored-records.ts';

test('with the policy of examples/, an address in the text is in no record, and the answer fits the redacted text', async () => {
  await using emulator = await startEmulator(['--env', `CAPTURE_POLICY_FILE=${path.resolve('examples/policy.yaml')}`]);
  const context = 'Write to ann.smith@example.org. My name is Wolfgang and I live in Berlin.';
  const body = JSON.stringify({ question: 'Where do I live?', context });
  const response = await fetch(emulator.urls.rest, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(await response.json()).toMatchObject({ answer: 'Berlin' });
  await emulator.stop();
  const [record, ...others] = await storedRecords(emulator.local);
  expect(others).toEqual([]);
  const { endpointInput, endpointOutput } = record!.captureData;
  const stored = JSON.parse(endpointInput!.data).context as string;
  expect(stored).toBe('Write to [email]. My name is Wolfgang and I live in Berlin.');
  const { answer, start, end } = JSON.parse(endpointOutput!.data);
  expect([answer, stored.slice(start, end)]).toEqual(['Berlin', 'Berlin']);
  expect(record!.inferenceCapture).toMatchObject({
    redacted: { persons: 1 },
    policy: expect.stringMatching(/^\w{16}$/),
  });
});
