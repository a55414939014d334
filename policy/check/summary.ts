import type { Cap, Condition, PolicyDocument, RedactionRule, Sampling } from '../document.ts';

/** What a document does, in plain words, a sentence a line. */
export function summaryOf(document: PolicyDocument): string[] {
  const { captureOptions, contentTypes, redaction, sampling, caps, subjectKey, onError } = document;
  return [
    ...samplingLines(sampling),
    ...(captureOptions.length === 1 ? [`Only the ${captureOptions[0]!.toLowerCase()} of a record is stored.`] : []),
    ...(contentTypes === undefined ? [] : contentTypeLines(contentTypes)),
    ...redaction.map(redactionLine),
    redaction.length === 0 ? 'Nothing is redacted.' : binaryLine(document.binary),
    ...capLine('input', caps?.input),
    ...capLine('output', caps?.output),
    ...(subjectKey === undefined ? [] : [`The subject of a record is the keyed hash of ${subjectKey}.`]),
    onError === 'nothing'
      ? 'Where the policy fails, nothing of the record is stored.'
      : 'Where the policy fails, the record is stored without payloads, ids of callers and attributes.',
  ];
}

function samplingLines(sampling: Sampling | undefined): string[] {
  if (sampling === undefined) return ['All records are kept.'];
  const { rules, rate, by, keepErrors, recordsPerSecond } = sampling;
  return [
    ...(keepErrors ? ['All records of errors are kept.'] : []),
    ...rules.map(
      ({ name, when, rate }) => `${name}: ${percent(rate)} of the records are kept ${conditionWords(when)}.`,
    ),
    `${percent(rate)} of ${rules.length > 0 || keepErrors ? 'the other records' : 'the records'} are kept.`,
    ...(rate < 1 || rules.some((rule) => rule.rate < 1) ? [`Records with the same ${by} get the same verdict.`] : []),
    ...(recordsPerSecond === undefined ? [] : [`An environment keeps ${recordsPerSecond} records a second at most.`]),
  ];
}

function conditionWords({ status, errorCode, score, latencyAboveMs, source, caller }: Condition): string {
  const parts: string[] = [];
  if (status !== undefined) parts.push(`whose status is ${rangeWords(status)}`);
  if (errorCode !== undefined) parts.push(`whose error code is ${errorCode.join(' or ')}`);
  if (score !== undefined) parts.push(`whose output has a number below ${score.below} at ${score.path}`);
  if (latencyAboveMs !== undefined) parts.push(`that took more than ${latencyAboveMs} ms`);
  if (source !== undefined) parts.push(`that came from ${source.join(' or ')}`);
  if (caller !== undefined) parts.push(`whose caller is ${caller.join(' or ')}`);
  return parts.length === 0 ? 'whatever they are' : parts.join(' and ');
}

function rangeWords({ from, to }: NonNullable<Condition['status']>): string {
  if (from === undefined) return `at most ${to}`;
  return to === undefined ? `at least ${from}` : `from ${from} to ${to}`;
}

function contentTypeLines({ json, csv }: NonNullable<PolicyDocument['contentTypes']>): string[] {
  const line = (types: readonly string[] | undefined, encoding: string) =>
    types === undefined ? [] : [`Payloads of ${types.join(', ')} are stored as ${encoding}.`];
  return [...line(json, 'JSON'), ...line(csv, 'CSV'), 'Payloads of other types are stored as BASE64.'];
}

const ACTIONS: Record<RedactionRule['action'], string> = {
  replace: 'replaced by a name',
  hash: 'replaced by a keyed hash',
  mask: 'masked',
  truncate: 'cut',
  drop: 'dropped',
};

function redactionLine(rule: RedactionRule): string {
  const { name, action } = rule;
  return `${name}: ${foundWords(rule)} in ${rule.in.join(', ')} is ${ACTIONS[action]}.`;
}

function foundWords(rule: RedactionRule): string {
  if ('detect' in rule) return rule.detect === 'all' ? 'what any detector finds' : `every ${rule.detect.join(', ')}`;
  return 'path' in rule ? `what is at ${rule.path}` : `what the pattern ${rule.pattern} finds`;
}

function binaryLine(binary: PolicyDocument['binary']): string {
  return binary === 'withhold'
    ? 'A payload that is no text is withheld, because it cannot be searched.'
    : 'A payload that is no text is kept as it is.';
}

function capLine(side: string, cap: Cap | undefined): string[] {
  if (cap === undefined) return [];
  const rest = cap.beyond === 'object' ? 'goes to an object of its own' : 'is cut';
  return [`An ${side} of more than ${cap.bytes} bytes ${rest}.`];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
