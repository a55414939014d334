import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// The emulator runs any template: what is ours comes from template.yaml or from the command line.
const WORDS = /CAPTURE|question|inference|nlp-qa|2772|\brecords?\b|`make |\bsegments?\b|\bspool/gi;
/** The words of others: `record` of TypeScript, valibot and fast-check. In its own folder, also of the Telemetry API. */
const OF_OTHERS = /\bRecord<|\b(v|fc)\.record\(/g;

const files = globSync('emulator/**/*.{ts,mjs,yaml}');

test.each(files)('%s has no word of our product', (file) => {
  const text = readFileSync(file, 'utf8').replaceAll(OF_OTHERS, '');
  const own = file.startsWith('emulator/telemetry-api/') ? text.replaceAll(/\brecord\b|droppedRecords/g, '') : text;
  expect(own.match(WORDS) ?? []).toEqual([]);
});

test('every folder of the emulator is looked at', () => {
  expect(files.length).toBeGreaterThan(100);
});
