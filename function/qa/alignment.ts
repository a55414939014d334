import type { EncodedText } from './tokenizer.ts';
import type { Window } from './windows.ts';

/** A piece of the context, in UTF-16 code units, `end` exclusive. It can come out empty, and then `start` may be beyond `end`. */
export interface Characters {
  start: number;
  end: number;
}

/** `[CLS] question [SEP] context [SEP]`, with the part of the context that the window holds. */
export interface WindowTexts {
  question: EncodedText;
  context: EncodedText;
  window: Window;
}

/**
 * The characters of the tokens `first` to `last` of a window, both inclusive and counted in the window.
 *
 * Aligned to words, the answer is widened to the whole of its first and last word, as far as they lie in the window: a word that the
 * window's border cuts is not completed. A `[CLS]` inside the question, which Hugging Face lets be part of an answer, counts there as
 * the word of the context with the same number, and as its own offsets when there is none. Both are kept.
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
    start: inContext(texts, startText, startText.starts[startToken]!),
    end: inContext(texts, endText, endText.ends[endToken]!),
  };
}

/** An offset as one into the context; Hugging Face takes the code points of the question for those of the context. */
function inContext({ context }: WindowTexts, text: EncodedText, offset: number): number {
  if (text === context) return offset;
  const codePoints = Array.from(text.text.slice(0, offset)).length;
  const before = Array.from(context.text).slice(0, codePoints);
  return codePoints + before.join('').length - before.length;
}

/** Which token of which text stands at `position`. */
function locate({ question, context, window }: WindowTexts, position: number): [EncodedText, number] {
  const offset = question.ids.length + 2;
  return position < offset ? [question, position - 1] : [context, position - offset + window.first];
}

function wordOf(texts: WindowTexts, position: number): number {
  const [text, token] = locate(texts, position);
  return text.words[token]!;
}

function wordCharacters({ context, window }: WindowTexts, word: number): Characters | undefined {
  const first = lowerBound(context.words, word, window);
  const end = lowerBound(context.words, word + 1, window);
  return first < end ? { start: context.starts[first]!, end: context.ends[end - 1]! } : undefined;
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
