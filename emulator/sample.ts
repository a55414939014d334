import { readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './start-error.ts';
import type { LocalSettings } from './template/metadata.ts';

/**
 * The body of the request to try.
 *
 * @param folder the template's
 * @returns undefined where the template names none
 * @throws {StartError} when the file that has it cannot be read
 */
export function sampleBody(
  { sample, buildCommand }: Pick<LocalSettings, 'sample' | 'buildCommand'>,
  folder: string,
): string | undefined {
  if (sample.bodyFile === undefined) return sample.body;
  const file = path.resolve(folder, sample.bodyFile);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const advice = buildCommand === undefined ? '' : ` Run \`${buildCommand}\` first.`;
    throw new StartError(
      `Cannot read the sample request, Metadata.Emulator.Sample.BodyFile: ${(error as Error).message}.${advice}`,
    );
  }
}
