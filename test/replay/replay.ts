import { isDeepStrictEqual } from 'node:util';
import { forget, startEmulator } from '../emulator-process.ts';
import { storedRecords } from '../stored-records.ts';
import { differences } from './compare.ts';
import { type Actual, doorsOf } from './doors.ts';
import { type Expected, readFixtures, type Suite } from './fixtures.ts';

/** How one event fared through one door. */
export interface Replayed {
  name: string;
  door: string;
  expected: Expected;
  actual: Actual;
  /** What is not as it must be; empty where all is. */
  problems: string[];
}

/**
 * Sends every event of a suite through every door of a fresh emulator, shuts it down, and holds the answers against what was expected and the
 * records in S3 against the answers.
 *
 * @param onAnswer called after each answer, for progress
 */
export async function replay(
  { folder, modelDir }: Suite,
  onAnswer: (replayed: Replayed) => void = () => {},
): Promise<Replayed[]> {
  const fixtures = await readFixtures(folder);
  const ofModel = modelDir === undefined ? [] : ['--env', `MODEL_DIR=${modelDir}`];
  const emulator = await startEmulator(['--env', 'CAPTURE_TIMEOUT_MS=5000', ...ofModel]); // a slow machine is no fault of the events
  const all: Replayed[] = [];
  try {
    for (const { name, event, expected } of fixtures) {
      for (const [door, send] of doorsOf(event)) {
        const actual = await send(emulator.urls, event);
        all.push({ name, door, expected, actual, problems: differences(expected, actual) });
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
      const stored = own[0] && JSON.parse(own[0].captureData.endpointOutput.data);
      if (JSON.stringify(stored) !== JSON.stringify(actual.body)) problems.push('record: its output is not the answer');
    }
    const expectedRecords = all.reduce((sum, { expected }) => sum + (expected.records?.length ?? 1), 0);
    if (records.length !== expectedRecords)
      throw new Error(`Expected ${expectedRecords} records in all, got ${records.length}`);
    return all;
  } finally {
    emulator.process.kill('SIGKILL');
    await forget(emulator);
  }
}
