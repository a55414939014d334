import { isDeepStrictEqual } from 'node:util';
import { startEmulator } from '../emulator-process.ts';
import { storedRecords } from '../stored-records.ts';
import { type Actual, apisFor } from './apis.ts';
import { differences } from './compare.ts';
import { type Expected, readFixtures, type Suite } from './fixtures.ts';

/** What one event got through one API. */
export interface Replayed {
  name: string;
  api: string;
  expected: Expected;
  actual: Actual;
  /** The differences from what was expected; empty where there are none. */
  problems: string[];
}

/**
 * Sends every event of a suite through its APIs of a fresh emulator and shuts that down. Then it compares the answers with the expected ones, and
 * the records in S3 with the answers.
 *
 * @param onAnswer called after each answer, for progress
 */
export async function replay(
  { folder, modelDir }: Suite,
  onAnswer: (replayed: Replayed) => void = () => {},
): Promise<Replayed[]> {
  const fixtures = await readFixtures(folder);
  const ofModel = modelDir === undefined ? [] : ['--env', `MODEL_DIR=${modelDir}`];
  // Long, because a slow machine is no fault of the events.
  await using emulator = await startEmulator(['--env', 'CAPTURE_TIMEOUT_MS=5000', ...ofModel]);
  const all: Replayed[] = [];
  for (const { name, event, expected } of fixtures) {
    for (const [api, send] of apisFor(event)) {
      const actual = await send(emulator.urls, event);
      all.push({ name, api, expected, actual, problems: differences(expected, actual) });
      onAnswer(all.at(-1)!);
    }
  }
  const code = await emulator.stop();
  if (code !== 0) throw new Error(`Expected the emulator to end with 0, got ${code}:\n${emulator.output()}`);
  const records = await storedRecords(emulator.local);
  for (const { expected, actual, problems } of all) {
    const own = records.filter(({ eventMetadata, inferenceCapture }) =>
      actual.eventId === undefined
        ? inferenceCapture.requestId === actual.requestId
        : eventMetadata.eventId === actual.eventId,
    );
    const { status, records: statuses = [status] } = expected;
    const found = own.map(({ inferenceCapture }) => inferenceCapture.status);
    if (!isDeepStrictEqual(found.sort(), statuses.toSorted())) {
      problems.push(`records: expected the statuses ${JSON.stringify(statuses)}, got ${JSON.stringify(found)}`);
    }
    if (expected.records !== undefined) continue;
    const stored = own[0] && JSON.parse(own[0].captureData.endpointOutput?.data ?? 'null');
    if (JSON.stringify(stored) !== JSON.stringify(actual.body)) problems.push('record: its output is not the answer');
  }
  const expectedRecords = all.reduce((sum, { expected }) => sum + (expected.records?.length ?? 1), 0);
  if (records.length !== expectedRecords)
    throw new Error(`Expected ${expectedRecords} records in all, got ${records.length}`);
  return all;
}
