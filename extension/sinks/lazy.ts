import type { Sink } from './sink.ts';

/** A sink that is loaded with its first object: importing the S3 client takes longer than all the rest of the start. */
export function lazySink(name: string, load: () => Promise<Sink>): Sink {
  let sink: Promise<Sink> | undefined;
  return {
    name,
    async put(key, body, signal) {
      sink ??= load().catch((error) => {
        sink = undefined;
        throw error;
      });
      await (await sink).put(key, body, signal);
    },
  };
}
