/**
 * What the detectors find, and what they report beside it: `table.ts PLANTED.jsonl [SQUAD.json ...]`. The first file is
 * what plant.py wrote; the others are real texts, contexts in SQuAD's format. Run by `make oracle-detectors`. It exits
 * with 1 if a detector misses more than it may. What stands in real texts a person must judge: it is printed.
 */
import { readFileSync } from 'node:fs';
import { createFind, DETECTORS, type DetectorName, type Finding } from '../../../policy/detectors/detectors.ts';

interface Planted {
  name: DetectorName;
  text: string;
  /** UTF-16 offsets. */
  start: number;
  end: number;
  isDisguised: boolean;
}

interface Row {
  planted: number;
  found: number;
  disguised: number;
  disguisedFound: number;
  /** By whichever detector, with all of them chosen. */
  covered: number;
  /** Reported in sentences where something else was planted, and not over it. */
  elsewhere: number;
  real: string[];
}

const REAL_SENTENCES = 10_000;
const LEAST_RECALL: Partial<Record<DetectorName, number>> = { phone: 0.97 };
const RECALL = 0.99;

const [file, ...data] = process.argv.slice(2);
const planted = readFileSync(file!, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Planted);
const findAll = createFind(DETECTORS);
const covers = (finding: Finding, { start, end }: Planted) => finding.start <= start && finding.end >= end;
const touches = (finding: Finding, { start, end }: Planted) => finding.start < end && finding.end > start;

const rows = new Map<DetectorName, Row>(
  DETECTORS.map((name) => [
    name,
    { planted: 0, found: 0, disguised: 0, disguisedFound: 0, covered: 0, elsewhere: 0, real: [] },
  ]),
);
const missed: Planted[] = [];
const elsewhere: string[] = [];
const alone = new Map(DETECTORS.map((name) => [name, createFind([name])]));

for (const one of planted) {
  const row = rows.get(one.name)!;
  const isFound = alone.get(one.name)!(one.text).some((finding) => covers(finding, one));
  row.planted++;
  row.found += Number(isFound);
  row.disguised += Number(one.isDisguised);
  row.disguisedFound += Number(isFound && one.isDisguised);
  if (!isFound) missed.push(one);
  const findings = findAll(one.text);
  row.covered += Number(findings.some((finding) => covers(finding, one)));
  for (const finding of findings.filter((each) => !touches(each, one))) {
    rows.get(finding.name)!.elsewhere++;
    elsewhere.push(`${finding.name}: ${one.text}`);
  }
}

/** Sentences of contexts in SQuAD's format, as many from each part of the files. */
function realSentences(files: readonly string[]): string[] {
  const contexts = files.flatMap((each) => {
    const { data: articles } = JSON.parse(readFileSync(each, 'utf8')) as {
      data: { paragraphs: { context: string }[] }[];
    };
    return articles.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context));
  });
  const sentences = contexts.flatMap((context) => context.split(/(?<=[.!?])\s+|\n+/)).filter((text) => text !== '');
  const step = sentences.length / Math.min(REAL_SENTENCES, sentences.length);
  return Array.from({ length: Math.round(sentences.length / step) }, (_, at) => sentences[Math.floor(at * step)]!);
}

const sentences = realSentences(data);
for (const text of sentences) {
  for (const { name, start, end } of findAll(text)) {
    rows
      .get(name)!
      .real.push(
        `${text.slice(Math.max(0, start - 40), start)}[${text.slice(start, end)}]${text.slice(end, end + 20)}`,
      );
  }
}

const part = (some: number, all: number) => (all === 0 ? '-' : (some / all).toFixed(3));
const columns = [
  'detector',
  'planted',
  'found',
  'missed',
  'recall',
  'disguised',
  'found',
  'covered by all',
  'elsewhere',
  'precision',
  'in real sentences',
];
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);
for (const [name, row] of rows) {
  const { planted: all, found, disguised, disguisedFound, covered, elsewhere: other, real } = row;
  const inReal = sentences.length > 0 ? real.length : 'not tried';
  const cells = [`\`${name}\``, all, found, all - found, part(found, all), disguised, disguisedFound, covered, other];
  console.log(`| ${[...cells, part(found, found + other + real.length), inReal].join(' | ')} |`);
}
console.log(`\n${planted.length} planted sentences, ${sentences.length} real ones.`);
if (sentences.length === 0)
  console.log('No real sentences: name files in the format of SQuAD with DATA="a.json b.json".');
const show = (title: string, lines: readonly string[]) =>
  lines.length > 0 && console.log(`\n${title}:\n  ${lines.join('\n  ')}`);
show(
  'Missed',
  missed.map(({ name, text }) => `${name}: ${text}`),
);
show('Elsewhere', elsewhere);
for (const [name, { real }] of rows) show(`In real sentences, ${name}`, real);

const tooFew = [...rows].filter(([name, { planted: all, found }]) => found < all * (LEAST_RECALL[name] ?? RECALL));
if (tooFew.length > 0) {
  console.error(
    `\nExpected a recall of ${RECALL} (phone: ${LEAST_RECALL.phone}), got less of ${tooFew.map(([name]) => name).join(', ')}`,
  );
  process.exitCode = 1;
}
