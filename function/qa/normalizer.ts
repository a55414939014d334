import { DROPPED, IDEOGRAPH, MARK, PUNCTUATION, SPACE, UNDECOMPOSED } from './unicode.ts';

/** The part of tokenizer.json that says how BERT's normaliser is set. */
export interface BertNormalizerConfig {
  lowercase: boolean;
  /** Null: as `lowercase`. */
  strip_accents: boolean | null;
}

/** A word as the vocabulary knows it. Its code unit `i` comes from the code units `[starts[i], ends[i])` of the text. */
export interface NormalizedWord {
  text: string;
  starts: number[];
  ends: number[];
}

/** A character on its way: what it is by now, and where it comes from. */
interface Character {
  text: string;
  start: number;
  end: number;
}

/**
 * BERT's normalisation of a piece of text, and the words it is then: control characters dropped, accents stripped and letters lowered
 * where the model wants it. What is dropped belongs to no word: an answer that ends in `e` and a combining accent ends before the accent.
 *
 * Source: BertNormalizer and BertPreTokenizer of huggingface/tokenizers, and the alignments of its NormalizedString.
 */
export function bertNormalizer({
  lowercase,
  strip_accents,
}: BertNormalizerConfig): (piece: string) => NormalizedWord[] {
  const stripAccents = strip_accents ?? lowercase;
  return (piece) => {
    // Most of any English text: only its case can change, and all that follows takes ten times as long.
    if (LETTERS_AND_DIGITS.test(piece)) return [asItStands(lowercase ? piece.toLowerCase() : piece)];
    let characters = cleaned(piece);
    if (stripAccents) characters = decomposed(characters).filter(({ text }) => !MARK_CHARACTER.test(text));
    if (lowercase) characters = characters.map((each) => ({ ...each, text: each.text.toLowerCase() }));
    return wordsOf(characters);
  };
}

/** A word of which each code unit is a character of the text. */
function asItStands(text: string): NormalizedWord {
  const word: NormalizedWord = { text, starts: [], ends: [] };
  for (let i = 0; i < text.length; i++) {
    word.starts.push(i);
    word.ends.push(i + 1);
  }
  return word;
}

function cleaned(piece: string): Character[] {
  const characters: Character[] = [];
  let start = 0;
  for (const text of piece) {
    const end = start + text.length;
    if (!DROPPED_CHARACTER.test(text)) characters.push({ text, start, end });
    start = end;
  }
  return characters;
}

/**
 * The canonical decomposition. Where it brings marks into their order, the places stay in theirs: the Rust tokenizer gives the next place of
 * the text to each character that is the first of its decomposition, and the same place once more to every other.
 */
function decomposed(characters: readonly Character[]): Character[] {
  const parts = characters.flatMap(({ text }) =>
    Array.from(UNDECOMPOSED_CHARACTER.test(text) ? text : text.normalize('NFD'), (part, i) => ({
      part,
      first: i === 0,
    })),
  );
  for (let i = 1; i < parts.length; i++) {
    for (let j = i; j > 0 && swapInOrder(parts[j - 1]!.part, parts[j]!.part); j--) {
      [parts[j - 1], parts[j]] = [parts[j]!, parts[j - 1]!];
    }
  }
  let place = -1;
  return parts.map(({ part, first }) => {
    if (first) place++;
    return { ...characters[Math.max(place, 0)]!, text: part };
  });
}

/**
 * Whether the canonical order has `b` before `a`: JavaScript tells no combining class. (The Rust tokenizer leaves marks younger than
 * Unicode 13 where they stand.)
 */
function swapInOrder(a: string, b: string): boolean {
  return a >= '\u0300' && b >= '\u0300' && (a + b).normalize('NFD') === b + a && a !== b;
}

function wordsOf(characters: readonly Character[]): NormalizedWord[] {
  const words: NormalizedWord[] = [];
  let word: NormalizedWord | undefined;
  for (const { text, start, end } of characters) {
    const boundary = LETTERS_AND_DIGITS.test(text) ? undefined : BOUNDARY.exec(text);
    if (boundary) word = undefined;
    if (boundary?.groups?.['space'] !== undefined) continue;
    if (word === undefined) {
      word = { text: '', starts: [], ends: [] };
      words.push(word);
    }
    word.text += text;
    for (let i = 0; i < text.length; i++) {
      word.starts.push(start);
      word.ends.push(end);
    }
    if (boundary) word = undefined;
  }
  return words;
}

const DROPPED_CHARACTER = new RegExp(DROPPED, 'v');
const UNDECOMPOSED_CHARACTER = new RegExp(UNDECOMPOSED, 'v');
const MARK_CHARACTER = new RegExp(MARK, 'v');
const LETTERS_AND_DIGITS = /^[0-9A-Za-z]+$/;
const BOUNDARY = new RegExp(`(?<space>[${SPACE}])|${PUNCTUATION}|${IDEOGRAPH}`, 'v');
