import { hash } from 'node:crypto';
import type { InferenceRecord } from '../capture/record.ts';
import type { KeptRecord, PolicyMarks } from '../capture/stored-line.ts';
import { applyCap } from './caps/caps.ts';
import { compileContentTypes } from './content-types.ts';
import { createFind } from './detectors/detectors.ts';
import type { PolicyDocument } from './document.ts';
import { type Exchange, exchangeOf, SIDES } from './exchange.ts';
import type { Policy } from './policy.ts';
import { createRedactor } from './redaction/redactor.ts';
import { compileSampling } from './sampling/sampling.ts';
import { compileSource, SUBJECT_SOURCES } from './sources.ts';
import { subjectOf } from './subject.ts';

export interface PolicyParts {
  /** The document's text. Its digest names the policy in each line. */
  text: string;
  /** The secret for `hash` and `subjectKey`. Undefined where the document has no `key`. */
  key: Buffer | undefined;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}

/**
 * Makes a policy of its document. Sampling comes first, since what is left out costs nothing more. Caps come last, so that no cut hides a value
 * from the redaction.
 *
 * What it makes throws where it fails on a record, and the error may quote the record. What is kept then (`onError`) is for its caller to
 * decide, who also has to decide where there is no policy at all.
 *
 * @throws Error that says what of the document cannot be applied
 */
export async function compilePolicy(document: PolicyDocument, { text, key, now }: PolicyParts): Promise<Policy> {
  const { caps, binary, redaction } = document;
  const policy = policyIdOf(text);
  const verdictOf = compileSampling(document.sampling, now);
  const contentTypes = compileContentTypes(document.contentTypes);
  const subjectIn = compileSubject(document, key);
  const redactor = await createRedactor({ rules: redaction, binary, key, find: createFind });
  const unwanted = SIDES.filter((side) => !document.captureOptions.includes(side === 'input' ? 'Input' : 'Output'));

  /** Both sides are redacted even if one is not wanted: what is found in a question's context is redacted in the answer too. */
  function apply(exchange: Exchange, marks: PolicyMarks): KeptRecord {
    const result = redactor.record({
      ...withoutCircumstances(exchange.record),
      input: exchange.payload('input'),
      output: exchange.payload('output'),
    });
    const kept: KeptRecord = { record: { ...result.record }, marks };
    const { redacted = {}, withheld = {} } = result;
    if (Object.keys(redacted).length > 0) marks.redacted = redacted;
    if (Object.keys(withheld).length > 0) marks.withheld = withheld;
    for (const side of unwanted) {
      delete kept.record[side];
      marks.withheld = { ...marks.withheld, [side]: 'CAPTURE_OPTIONS' };
    }
    for (const side of SIDES) {
      const whole = kept.record[side];
      if (whole === undefined) continue;
      const { payload, truncation, apart } = applyCap(contentTypes.write(whole), caps?.[side]);
      kept.record[side] = payload;
      if (truncation !== undefined) marks.truncated = { ...marks.truncated, [side]: truncation };
      if (apart !== undefined) kept.apart = { ...kept.apart, [side]: apart };
    }
    return kept;
  }

  return {
    record(record) {
      const exchange = exchangeOf(record, contentTypes.read);
      const verdict = verdictOf(exchange);
      if (!verdict.keep) return verdict;
      const { keep, ...sampled } = verdict;
      const marks: PolicyMarks = { ...sampled, policy };
      const subject = subjectIn(exchange);
      if (subject !== undefined) marks.subject = subject;
      return { keep, ...apply(exchange, marks) };
    },
    label(label) {
      const { label: redactedLabel, redacted = {} } = redactor.label(label);
      const struck = Object.keys(redacted).length > 0;
      return { label: redactedLabel, marks: struck ? { policy, redacted } : { policy } };
    },
  };
}

/** The first 16 hexadecimal digits of the SHA-256 of a policy's document. */
export function policyIdOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

/** What a policy decides by, and what is never stored. */
function withoutCircumstances(record: InferenceRecord): InferenceRecord {
  const { headers, source, caller, lostBefore, ...rest } = record;
  return rest;
}

function compileSubject({ subjectKey }: PolicyDocument, key: Buffer | undefined) {
  if (subjectKey === undefined || key === undefined) return () => undefined;
  const valueIn = compileSource(subjectKey, SUBJECT_SOURCES);
  return (exchange: Exchange): string | undefined => {
    const value = valueIn(exchange);
    return value === undefined ? undefined : subjectOf(value, key);
  };
}
