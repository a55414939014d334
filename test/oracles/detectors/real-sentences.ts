import { readFileSync } from 'node:fs';

interface Articles {
  data: { paragraphs: { context: string }[] }[];
}

function contextsOf(file: string): string[] {
  const { data } = JSON.parse(readFileSync(file, 'utf8')) as Articles;
  return data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context));
}

/** So many sentences of the contexts of files in SQuAD's format, evenly from all of them; fewer if there are no more. */
export function realSentences(files: readonly string[], count: number): string[] {
  const sentences = files
    .flatMap(contextsOf)
    .flatMap((context) => context.split(/(?<=[.!?])\s+|\n+/))
    .filter((text) => text !== '');
  const taken = Math.min(count, sentences.length);
  return Array.from({ length: taken }, (_, at) => sentences[Math.floor((at * sentences.length) / taken)]!);
}
