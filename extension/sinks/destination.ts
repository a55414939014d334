import type { Destination } from '../configuration/config.ts';
import { lazySink } from './lazy.ts';
import type { Sink } from './sink.ts';

/**
 * The sink of a destination. Its code is loaded with the first object. That is after a restore as well, so credentials and connections are
 * made after it.
 *
 * @param ageNow milliseconds on a monotonic clock that goes on while the environment is frozen
 */
export function sinkTo(destination: Destination, ageNow: () => number): Sink {
  if (destination.kind === 'file') {
    return lazySink(`file://${destination.folder}`, async () =>
      (await import('./file.ts')).fileSink(destination.folder),
    );
  }
  return lazySink(`s3://${destination.bucket}`, async () => (await import('./s3.ts')).s3Sink(destination, ageNow));
}
