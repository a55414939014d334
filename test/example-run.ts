import { byMake, startEmulator } from './emulator-process.ts';
import { storedRecords } from './stored-records.ts';

/** What came of the request that an example prints. */
export interface ExampleRun {
  status: number;
  request: string;
  answer: string;
  /** Input and output of each record in S3, after the emulator has ended. */
  stored: [input: string, output: string][];
}

/** Runs `make example-LANGUAGE`, sends the request that it prints, and ends it. */
export async function runExample(language: string): Promise<ExampleRun> {
  await using emulator = await startEmulator([], undefined, byMake(`example-${language}`));
  const [, request = ''] = / -d '(.*)'/.exec(emulator.output()) ?? [];
  const response = await fetch(emulator.urls.rest, { method: 'POST', body: request });
  const answer = await response.text();
  await emulator.stop('SIGTERM');
  const records = await storedRecords(emulator.local);
  const stored = records.map(({ captureData: { endpointInput, endpointOutput } }): [string, string] => [
    endpointInput!.data,
    endpointOutput!.data,
  ]);
  return { status: response.status, request, answer, stored };
}
