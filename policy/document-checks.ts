import type { PolicyDocument, RedactionRule, Sampling } from './document.ts';
import { compilePath } from './paths/values.ts';
import type { Fault } from './policy-error.ts';
import { compileSource, SAMPLING_SOURCES, SUBJECT_SOURCES } from './sources.ts';

/** What is wrong with a document that its schema cannot say. */
export function checkDocument(document: PolicyDocument): Fault[] {
  const { redaction, sampling, contentTypes, subjectKey, key } = document;
  const faults = [...redaction.flatMap((rule, at) => checkRule(rule, ['redaction', at], key !== undefined))];
  faults.push(...namedTwice(redaction, ['redaction']));
  if (sampling !== undefined) faults.push(...checkSampling(sampling));
  if (contentTypes !== undefined) faults.push(...checkContentTypes(contentTypes));
  if (subjectKey !== undefined) {
    if (key === undefined) faults.push(fault(['subjectKey'], 'Expected a key in the document, got none'));
    faults.push(...caught(['subjectKey'], () => compileSource(subjectKey, SUBJECT_SOURCES)));
  }
  return faults;
}

type Path = Fault['path'];

const fault = (path: Path, message: string): Fault => ({ path, message });

function checkRule(rule: RedactionRule, path: Path, hasKey: boolean): Fault[] {
  const { action, length, keepLast } = rule;
  const faults: Fault[] = [];
  if (action === 'hash' && !hasKey)
    faults.push(fault([...path, 'action'], 'Expected a key in the document for hash, got none'));
  if (action === 'truncate' && length === undefined)
    faults.push(fault([...path, 'length'], 'Expected a length for truncate, got nothing'));
  if (action !== 'truncate' && length !== undefined)
    faults.push(fault([...path, 'length'], `Expected a length only with truncate, got one with ${action}`));
  if (action !== 'mask' && keepLast > 0)
    faults.push(fault([...path, 'keepLast'], `Expected keepLast only with mask, got it with ${action}`));
  if ('path' in rule) faults.push(...checkPath(rule.path, [...path, 'path']));
  return faults;
}

function checkSampling({ by, rules, keepErrors }: Sampling): Fault[] {
  const faults = namedTwice(rules, ['sampling', 'rules']);
  faults.push(...caught(['sampling', 'by'], () => compileSource(by, SAMPLING_SOURCES)));
  for (const [at, { when }] of rules.entries()) {
    const path = ['sampling', 'rules', at, 'when'];
    const { status, errorCode, score } = when;
    if (status !== undefined) faults.push(...checkRange(status, [...path, 'status']));
    if (score !== undefined) faults.push(...checkPath(score.path, [...path, 'score', 'path']));
    if (keepErrors && (errorCode !== undefined || (status?.from ?? 0) >= 400)) {
      const message = 'Expected keepErrors: false beside a rule for errors, as they are all kept before the rules';
      faults.push(fault(path, `${message}, got keepErrors: true`));
    }
  }
  return faults;
}

function checkRange({ from, to }: { from?: number | undefined; to?: number | undefined }, path: Path): Fault[] {
  if (from === undefined && to === undefined) return [fault(path, 'Expected from or to, got neither')];
  if (from === undefined || to === undefined || from <= to) return [];
  return [fault(path, `Expected from to be at most to, got ${from} and ${to}`)];
}

function checkContentTypes({ json, csv }: NonNullable<PolicyDocument['contentTypes']>): Fault[] {
  if (json === undefined && csv === undefined) return [fault(['contentTypes'], 'Expected json or csv, got neither')];
  const asJson = new Set(json?.map((type) => type.toLowerCase()));
  const both = (csv ?? []).flatMap((type, at) => (asJson.has(type.toLowerCase()) ? [{ type, at }] : []));
  return both.map(({ type, at }) =>
    fault(['contentTypes', 'csv', at], `Expected a type that json does not have, got "${type}"`),
  );
}

function namedTwice(rules: readonly { name: string }[], path: Path): Fault[] {
  const seen = new Set<string>();
  return rules.flatMap(({ name }, at) => {
    if (seen.has(name)) return [fault([...path, at, 'name'], `Expected a name that no rule before has, got "${name}"`)];
    seen.add(name);
    return [];
  });
}

function checkPath(text: string, path: Path): Fault[] {
  return caught(path, () => compilePath(text));
}

function caught(path: Path, run: () => unknown): Fault[] {
  try {
    run();
    return [];
  } catch (error) {
    return [fault(path, (error as Error).message)];
  }
}
