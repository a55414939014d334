import { hash } from 'node:crypto';
import type { InferenceRecord } from '../capture/record.ts';
import type { PolicyDocument } from './document.ts';
import type { Policy } from './policy.ts';

export interface CompileOptions {
  text: string;
  key: Buffer | undefined;
  now: () => number;
}

/** A stand-in: `sampling.rate` by the eventId, and literal patterns in both payloads. */
export function compilePolicy(document: PolicyDocument, { text, key }: CompileOptions): Policy {
  const policy = hash('sha256', text).slice(0, 16);
  const sampleRate = document.sampling?.rate ?? 1;
  if (document.redaction.some(({ action }) => action === 'hash') && key === undefined)
    throw new Error('expected a key for "hash"');
  const patterns = document.redaction.flatMap((rule) =>
    'pattern' in rule ? [{ ...rule, find: new RegExp(rule.pattern, 'g') }] : [],
  );

  function redact(data: string, redacted: Record<string, number>): string {
    let after = data;
    for (const { name, find } of patterns) {
      after = after.replace(find, () => {
        redacted[name] = (redacted[name] ?? 0) + 1;
        return `[${name}]`;
      });
    }
    return after;
  }

  const kept = ({ eventId }: InferenceRecord) =>
    Number.parseInt(hash('sha256', eventId).slice(0, 13), 16) / 2 ** 52 < sampleRate;
  return {
    record(record) {
      if (!kept(record)) return { keep: false, reason: 'NOT_SAMPLED' };
      const redacted: Record<string, number> = {};
      const { headers: _, caller: __, source: ___, lostBefore: ____, ...rest } = record;
      const input = { ...record.input, data: redact(record.input.data, redacted) };
      const output = { ...record.output, data: redact(record.output.data, redacted) };
      return { keep: true, record: { ...rest, input, output }, marks: { sampleRate, policy, redacted } };
    },
    label: (label) => ({ label, marks: { policy } }),
  };
}
