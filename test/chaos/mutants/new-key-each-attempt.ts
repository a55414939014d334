import { lazySink as original } from '../../../extension/sinks/lazy.ts';
import type { Sink } from '../../../extension/sinks/sink.ts';

export * from '../../../extension/sinks/lazy.ts';

/** Gives an object another name with each attempt to store it. */
export const lazySink: typeof original = (name, load): Sink => {
  const sink = original(name, load);
  return {
    name: sink.name,
    put: (key, body, signal) => sink.put(key.replace(/-[^-]*$/, `-${Math.random()}.jsonl`), body, signal),
  };
};
