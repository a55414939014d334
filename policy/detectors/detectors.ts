import { awsKeyId, awsSecrets } from './aws-key.ts';
import { card } from './card.ts';
import { code, DIGIT, WORD } from './characters.ts';
import { deTaxId } from './de-tax-id.ts';
import { email } from './email.ts';
import { esDni } from './es-dni.ts';
import { frNir } from './fr-nir.ts';
import { iban } from './iban.ts';
import { ipv4, ipv6 } from './ip.ts';
import { jwt } from './jwt.ts';
import { NumberChain } from './number-chain.ts';
import { withoutOverlaps } from './overlaps.ts';
import { phone } from './phone.ts';
import { endOffsetOf, type Match, offsetOf, type Span, type Subject, subjectOf } from './subject.ts';
import { ukNhs } from './uk-nhs.ts';
import { urlCredentials } from './url-credentials.ts';
import { usSsn } from './us-ssn.ts';

export const DETECTORS = [
  'email',
  'phone',
  'card',
  'iban',
  'ipv4',
  'ipv6',
  'us-ssn',
  'uk-nhs',
  'de-tax-id',
  'fr-nir',
  'es-dni',
  'aws-key',
  'jwt',
  'url-credentials',
] as const;
export type DetectorName = (typeof DETECTORS)[number];

/** One place in a text: UTF-16 offsets, end exclusive. */
export interface Finding {
  start: number;
  end: number;
  name: DetectorName;
}

/**
 * Finds what the chosen detectors know. Findings are in order of place and do not overlap: of several that do, one is
 * left, over all of them, with the name of the longest one, then of the first one in DETECTORS.
 */
export type Find = (text: string) => Finding[];

/** Asked at each such character. */
const AT_CHARACTER: Partial<Record<DetectorName, readonly [character: string, match: Match]>> = {
  email: ['@', email],
  ipv6: [':', ipv6],
  'aws-key': ['A', awsKeyId],
  jwt: ['J', jwt],
  'url-credentials': [':', urlCredentials],
};

/** Asked at each group of digits, with the chain of groups that begins there. */
type MatchChain = (subject: Subject, chain: NumberChain) => Span | undefined;
const AT_NUMBER: Partial<Record<DetectorName, MatchChain>> = {
  phone,
  card,
  ipv4,
  'us-ssn': usSsn,
  'uk-nhs': ukNhs,
  'de-tax-id': deTaxId,
  'fr-nir': (subject, chain) => frNir(subject, chain.starts[0]!),
  'es-dni': esDni,
};

export function createFind(names: readonly DetectorName[]): Find {
  const chosen = DETECTORS.filter((name) => names.includes(name));
  const byCharacter: [DetectorName, Match][][] = Array.from({ length: 256 }, () => []);
  for (const name of chosen) {
    const [character, match] = AT_CHARACTER[name] ?? [];
    if (character) byCharacter[code(character)]!.push([name, match!]);
  }
  const byNumber = chosen.flatMap((name) => (AT_NUMBER[name] ? [[name, AT_NUMBER[name]] as const] : []));
  const [hasIban, hasDni, hasAws] = (['iban', 'es-dni', 'aws-key'] as const).map((name) => chosen.includes(name));
  const readsNumbers = byNumber.length > 0 || hasIban;
  const isAsked = Uint8Array.from(byCharacter, (asked, of) =>
    asked.length > 0 || (readsNumbers && DIGIT[of]) ? 1 : 0,
  );
  isAsked[0] = 1;
  const chain = new NumberChain();
  let [subject, findings]: [Subject, Finding[]] = [subjectOf(''), []];

  function report(name: DetectorName, span: Span | undefined): void {
    if (!span) return;
    findings.push({ start: offsetOf(subject, span.start), end: endOffsetOf(subject, span.end), name });
  }

  /** What a group of digits is, or begins. */
  function askAboutNumber(at: number, end: number): void {
    const before = subject.codes[at - 1]!;
    if (WORD[before] === 0) {
      if (!NumberChain.canBegin(subject, at, end)) return;
      chain.read(subject, at);
      if (!chain.isLong) return;
      for (let each = 0; each < byNumber.length; each++) report(byNumber[each]![0], byNumber[each]![1](subject, chain));
      return;
    }
    if (hasIban) report('iban', iban(subject, at));
    if (!hasDni || !isForeigner(before)) return;
    chain.read(subject, at);
    report('es-dni', esDni(subject, chain));
  }

  return (text) => {
    [subject, findings] = [subjectOf(text), []];
    const { codes, end } = subject;
    for (let at = next(codes, isAsked, subject.start); at < end; at = next(codes, isAsked, at + 1)) {
      const here = codes[at]!;
      if (DIGIT[here] === 1) {
        const start = at;
        while (DIGIT[codes[at + 1]!] === 1) at++;
        askAboutNumber(start, at + 1);
        continue;
      }
      const asked = byCharacter[here]!;
      for (let each = 0; each < asked.length; each++) report(asked[each]![0], asked[each]![1](subject, at));
    }
    if (hasAws) awsSecrets(subject, (span) => report('aws-key', span));
    return findings.length > 1 ? withoutOverlaps(findings, DETECTORS) : findings;
  };
}

/** Place of the next code that is asked about. The zero behind the text ends the search. */
function next(codes: Uint8Array, isAsked: Uint8Array, from: number): number {
  let at = from;
  while (isAsked[codes[at]!] === 0) at++;
  return at;
}

/** X, Y or Z, before the digits of an NIE. */
const isForeigner = (of: number): boolean => (of | 32) >= code('x') && (of | 32) <= code('z');
