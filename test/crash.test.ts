import { expect, test } from 'vitest';
import { type EmulatorProcess, killExtension, startEmulator } from './emulator-process.ts';
import { type Asked, ask } from './questions.ts';
import { storedRecords } from './stored-records.ts';

const QUESTIONS = 50;

/** The records that the extension acknowledged: those of all answers, without those that the function's log calls lost. */
function acknowledged(asked: Asked[], log: string): string[] {
  const lost = new Set(
    Array.from(log.matchAll(/a record was not captured","eventId":"([^"]+)"/g), (match) => match[1]),
  );
  return asked.flatMap(({ eventId }) => (eventId === null || lost.has(eventId) ? [] : [eventId]));
}

test.each([
  ['between two invocations, frozen', async (emulator: EmulatorProcess) => killExtension(emulator)],
  [
    'in the middle of an invocation',
    async (emulator: EmulatorProcess) => {
      const inFlight = ask(emulator);
      await emulator.printed(/START RequestId(?![\s\S]*END RequestId)/);
      killExtension(emulator);
      await inFlight;
    },
  ],
])('an extension that is killed %s loses no acknowledged record', async (_, kill) => {
  await using emulator = await startEmulator(['--env', 'CAPTURE_BATCH_RECORDS=7', '--env', 'CAPTURE_TIMEOUT_MS=5000']);
  const asked: Asked[] = [];
  for (let i = 0; i < QUESTIONS; i++) {
    if (i === QUESTIONS / 2) await kill(emulator);
    asked.push(await ask(emulator));
  }
  expect(await emulator.stop()).toBe(0);

  const answered = asked.filter(({ status }) => status === 200);
  expect(answered.length).toBeGreaterThanOrEqual(QUESTIONS - 1);
  expect(answered.every(({ body }) => body.answer === 'Berlin')).toBe(true);

  const records = await storedRecords(emulator.local);
  const stored = records.map(({ eventMetadata }) => eventMetadata.eventId);
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toEqual(expect.arrayContaining(acknowledged(asked, emulator.output())));
  expect(stored.length).toBeGreaterThanOrEqual(QUESTIONS - 1);
  expect(emulator.output()).toMatch(/Extension.Crash/);
});
