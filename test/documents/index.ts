/** `make docs`: writes into the documents what the code knows of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { generate } from './markdown.ts';
import { DOCUMENTS } from './parts.ts';

for (const [document, parts] of Object.entries(DOCUMENTS)) {
  const former = readFileSync(document, 'utf8');
  const { text, unwritten } = generate(former, parts);
  if (text !== former) {
    writeFileSync(document, text);
    console.log(`${document} is written anew`);
  }
  for (const what of unwritten) {
    console.error(`Write into ${document}: ${what}`);
    process.exitCode = 1;
  }
}
