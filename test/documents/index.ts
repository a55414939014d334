/** `make docs`: writes into the documents what the code knows of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generate } from './markdown.ts';
import { DOCUMENTS, FILES } from './parts.ts';

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

for (const [file, text] of Object.entries(FILES)) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  writeFileSync(file, text);
  console.log(`${file} is written anew`);
}
