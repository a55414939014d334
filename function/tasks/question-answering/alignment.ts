import type { EncodedText } from '../../tokenizer/encoded-text.ts';
import type { Window } from './windows.ts';

/** A piece of the context, in UTF-16 code units, `end` exclusive. It can be empty, and then `start` can be greater than `end`. */
export interface Characters {
  start: number;
  end: number;
}

/** The texts of a sequence, with the part of the context that is in the window. */
export interface WindowTexts {
  question: EncodedText;
  /** At which token of the sequence the question begins. */
  questionStart: number;
  context: EncodedText;
  contextStart: number;
  window: Window;
}

/**
 * The characters of the tokens `first` to `last` of a window, both inclusive and counted in the window.
 *
 * With alignment to words, the answer is widened to the whole of its first and last word, as far as they are in the window: a word that is cut at the border of the window is
 * not completed. Hugging Face allows a `[CLS]` inside the question to be part of an answer. There it counts as the word of the context with the same number or, if there is
 * none, by its own offsets. Here it is the same.
 *
 * Source: `get_indices` of Hugging Face's QuestionAnsweringPipeline; `word_to_chars` of its tokenizers.
 */
export function spanCharacters(texts: WindowTexts, first: number, last: number, alignToWords: boolean): Characters {
  if (alignToWords) {
    const start = wordCharacters(texts, wordOf(texts, first))?.start;
    const end = wordCharacters(texts, wordOf(texts, last))?.end;
    if (start !== undefined && end !== undefined) return { start, end };
  }
  const [startText, startToken] = locate(texts, first);
  const [endText, endToken] = locate(texts, last);
  return {
    start: inContext(texts, startText, startOf(texts, startText, startToken)),
    end: inContext(texts, endText, endOf(texts, endText, endToken)),
  };
}

/** An offset into the context. Hugging Face uses an offset into the question as one into the context, in code points. */
function inContext({ context }: WindowTexts, text: EncodedText, offset: number): number {
  if (text === context) return offset;
  let at = 0;
  for (let before = 0; before < offset; before += characterLength(text.text, before))
    at += characterLength(context.text, at);
  return at;
}

/** UTF-16 code units of the character that begins at a place of a text. Beyond the end of the text: 1. */
function characterLength(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

/** The text and the token at a position of the sequence. */
function locate(texts: WindowTexts, position: number): [EncodedText, number] {
  const { question, questionStart, context, contextStart, window } = texts;
  if (position < contextStart) return [question, position - questionStart];
  return [context, position - contextStart + window.first];
}

/** Where a token begins. The first token of a window can have other offsets. */
function startOf({ context, window }: WindowTexts, text: EncodedText, token: number): number {
  const starts = text === context && token === window.first ? text.startsIfFirst : undefined;
  return (starts ?? text.starts)[token]!;
}

function endOf({ context, window }: WindowTexts, text: EncodedText, token: number): number {
  const ends = text === context && token === window.first ? text.endsIfFirst : undefined;
  return (ends ?? text.ends)[token]!;
}

function wordOf(texts: WindowTexts, position: number): number {
  const [text, token] = locate(texts, position);
  return text.words[token]!;
}

function wordCharacters(texts: WindowTexts, word: number): Characters | undefined {
  const { context, window } = texts;
  const first = lowerBound(context.words, word, window);
  const end = lowerBound(context.words, word + 1, window);
  return first < end ? { start: startOf(texts, context, first), end: endOf(texts, context, end - 1) } : undefined;
}

/** The first token of the window whose word is `word` or a later one. */
function lowerBound(words: number[], word: number, { first, end }: Window): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]! < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
