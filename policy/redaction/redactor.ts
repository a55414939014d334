import type { Label } from '../../capture/label.ts';
import type { InferenceRecord } from '../../capture/record.ts';
import type { PolicyMarks, RedactedRecord } from '../../capture/stored-line.ts';
import type { PolicyDocument, RedactionRule } from '../document.ts';
import { Attributes } from './attributes.ts';
import type { CreateFind } from './finding.ts';
import { redactLabelData } from './label-data.ts';
import { Payloads } from './payloads.ts';
import { type Part, rulesOf, tokenNames } from './rules.ts';
import { createTokens } from './tokens.ts';

export interface RedactorParts {
  rules: readonly RedactionRule[];
  binary: PolicyDocument['binary'];
  /** Of the keyed hashes. */
  key: Buffer | undefined;
  find: CreateFind;
}

/** How often each rule struck, by its name; absent if none did. */
type Redacted = PolicyMarks['redacted'];

/**
 * Applies the rules of the redaction. A payload that no rule changes keeps its very text. In one that is JSON, only what was found is written anew: the order of members, white space and the
 * digits of all other numbers stay as they came. Whatever was redacted before stays as it is: a token is never found again.
 */
export interface Redactor {
  /** `eventId`, `requestId`, `modelDigest` and `traceId` stay as they are. Payloads that cannot be searched are absent, and `withheld` says why. */
  record(record: InferenceRecord): {
    record: RedactedRecord;
    redacted?: Redacted;
    withheld?: PolicyMarks['withheld'];
  };
  /** `inferenceId` becomes what it becomes in a record. Of `data` that cannot be searched, nothing is left: it is the empty text, or `null` where it is JSON. */
  label(label: Label): { label: Label; redacted?: Redacted };
}

/**
 * @throws Error if a path or a pattern is wrong, or if a rule hashes and there is no key; the message names the rule
 */
export async function createRedactor({ rules, binary, key, find }: RedactorParts): Promise<Redactor> {
  const keyless = rules.find(({ action }) => action === 'hash');
  if (keyless !== undefined && key === undefined) {
    throw new Error(`Expected a "key", as the rule "${keyless.name}" has the action "hash"`);
  }
  const hasPatterns = rules.some((rule) => 'pattern' in rule);
  const createPatternFind = hasPatterns ? (await import('./pattern.ts')).createPatternFind : undefined;
  const rulesFor = (part: Part, own = rules) => rulesOf(part, own, { createFind: find, createPatternFind });
  const tokens = createTokens(key, tokenNames(rules));
  const payloads = new Payloads({
    input: rulesFor('input'),
    output: rulesFor('output'),
    keepBinary: binary === 'keep',
    tokens,
  });
  // Records and labels are joined by their ids, so equal ones must stay equal.
  const joinable = rulesFor(
    'attributes',
    rules.map((rule) => ({ ...rule, action: 'hash' as const })),
  );
  const attributes = new Attributes(rulesFor('attributes'), joinable, tokens);
  const labelRules = rulesFor('label');
  return {
    record(record) {
      const counts = new Map<string, number>();
      const { input, output, withheld } = payloads.redact(record, counts);
      const redactedRecord = { ...record, ...attributes.redact(record, counts), input, output };
      return { record: redactedRecord, ...countsOf(counts), ...(withheld && { withheld }) };
    },
    label(label) {
      const counts = new Map<string, number>();
      const { inferenceId } = attributes.redact(label, counts);
      const data = redactLabelData(label, labelRules, tokens, counts);
      return { label: { ...label, ...(inferenceId !== undefined && { inferenceId }), data }, ...countsOf(counts) };
    },
  };
}

const countsOf = (counts: ReadonlyMap<string, number>): { redacted?: Redacted } =>
  counts.size === 0 ? {} : { redacted: Object.fromEntries(counts) };
