/**
 * What the detectors find, and what they report beside it: `table.ts PLANTED.jsonl [SQUAD.json ...]`. The first file is
 * what plant.py wrote; the others are real texts, contexts in SQuAD's format. Run by `make oracle-detectors`. It exits
 * with 1 if a detector misses more than it may. What stands in real texts a person must judge: it is printed.
 */
import { readFileSync } from 'node:fs';
import { createFind, DETECTORS, type DetectorName } from '../../../policy/detectors/detectors.ts';
import { realSentences } from './real-sentences.ts';

interface Planted {
  name: DetectorName;
  text: string;
  /** UTF-16 offsets. */
  start: number;
  end: number;
  /** Not: its check digits are wrong, and it must not be found. */
  isRight: boolean;
  isDisguised: boolean;
}

const REAL_SENTENCES = 10_000;
const LEAST_RECALL = 0.99;
const LEAST_RECALL_OF_PHONE = 0.97;

const [file, ...data] = process.argv.slice(2);
const planted = readFileSync(file!, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Planted);
const sentences = realSentences(data, REAL_SENTENCES);
const findAll = createFind(DETECTORS);

/** Where a detector, alone, covers the whole value. */
function found(values: readonly Planted[], name: DetectorName): Planted[] {
  const find = createFind([name]);
  return values.filter(({ text, start, end }) => find(text).some((each) => each.start <= start && each.end >= end));
}

const ofAll = planted
  .filter(({ isRight }) => isRight)
  .flatMap((one) =>
    findAll(one.text)
      .filter(({ start, end }) => end <= one.start || start >= one.end)
      .map(({ name }) => ({ name, text: one.text })),
  );
const ofReal = sentences.flatMap((text) =>
  findAll(text).map(({ name, start, end }) => {
    const [before, after] = [text.slice(Math.max(0, start - 40), start), text.slice(end, end + 20)];
    return { name, text: `${before}[${text.slice(start, end)}]${after}` };
  }),
);

const share = (some: number, all: number) => (all === 0 ? '-' : (some / all).toFixed(3));
function show(title: string, lines: readonly string[]): void {
  if (lines.length > 0) details.push(`\n${title}:\n  ${lines.join('\n  ')}`);
}

const details: string[] = [];
const tooFew: DetectorName[] = [];
const columns = ['detector', 'planted', 'found', 'missed', 'recall', 'disguised', 'of them found'];
columns.push('mistyped', 'of them reported', 'false elsewhere', 'precision', 'reported in real sentences');
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);

for (const name of DETECTORS) {
  const values = planted.filter((each) => each.name === name && each.isRight);
  const mistyped = planted.filter((each) => each.name === name && !each.isRight);
  const disguised = values.filter(({ isDisguised }) => isDisguised);
  const [right, reported] = [found(values, name), found(mistyped, name)];
  const elsewhere = ofAll.filter((each) => each.name === name);
  const real = ofReal.filter((each) => each.name === name);
  const recall = right.length / values.length;
  if (recall < (name === 'phone' ? LEAST_RECALL_OF_PHONE : LEAST_RECALL)) tooFew.push(name);
  const cells = [`\`${name}\``, values.length, right.length, values.length - right.length, recall.toFixed(3)];
  cells.push(disguised.length, right.filter(({ isDisguised }) => isDisguised).length);
  cells.push(mistyped.length || '-', mistyped.length > 0 ? reported.length : '-', elsewhere.length);
  cells.push(share(right.length, right.length + reported.length + elsewhere.length));
  cells.push(sentences.length > 0 ? real.length : 'not tried');
  console.log(`| ${cells.join(' | ')} |`);
  const texts = (some: readonly { text: string }[]) => some.map(({ text }) => text);
  show(`${name}, missed`, texts(values.filter((each) => !right.includes(each))));
  show(`${name}, reported though a digit is wrong`, texts(reported));
  show(`${name}, reported where something else is`, texts(elsewhere));
  show(`${name}, in real sentences`, texts(real));
}

console.log(`\n${planted.length} sentences with a planted value, ${sentences.length} real ones.`);
if (data.length === 0) console.log('No real sentences: name files in the format of SQuAD with DATA="a.json b.json".');
for (const each of details) console.log(each);
if (tooFew.length > 0) {
  const expected = `${LEAST_RECALL} (phone: ${LEAST_RECALL_OF_PHONE})`;
  console.error(`\nExpected a recall of ${expected} or more, got less of ${tooFew.join(', ')}`);
  process.exitCode = 1;
}
