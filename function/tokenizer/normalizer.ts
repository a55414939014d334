import { inCanonicalOrder, isCombining, type Part } from './canonical-order.ts';
import { DROPPED, IDEOGRAPH, MARK, PUNCTUATION, SPACE, UNDECOMPOSED } from './unicode.ts';

/** The settings of BERT's normaliser in tokenizer.json. */
export interface BertNormalizerConfig {
  lowercase: boolean;
  /** Null: as `lowercase`. */
  strip_accents: boolean | null;
}

/**
 * A word as the vocabulary has it. Its code unit `i` comes from the code units `[starts[i], ends[i])` of the text.
 *
 * Of a word that is too long to be known, only the first characters are kept, one more than a known word can have. The last of them ends where the word ends.
 */
export interface NormalizedWord {
  text: string;
  starts: number[];
  ends: number[];
}

/** A character in the course of normalisation, with its place in the text. */
interface Character {
  text: string;
  start: number;
  end: number;
}

/**
 * BERT's normalisation of a piece of text, split into words: control characters are dropped and, as the model's settings say, accents are stripped and letters lowered.
 * A dropped character belongs to no word: an answer that ends in `e` and a combining accent ends before the accent.
 *
 * Source: BertNormalizer and BertPreTokenizer of huggingface/tokenizers, and the alignments of its NormalizedString.
 *
 * @param longestWord characters of the longest word that can be known
 * @returns a function of a piece, and of a callback for each of its characters
 */
export function bertNormalizer(
  { lowercase, strip_accents }: BertNormalizerConfig,
  longestWord = Number.POSITIVE_INFINITY,
): (piece: string, checkTime?: () => void) => NormalizedWord[] {
  const stripAccents = strip_accents ?? lowercase;
  return (piece, checkTime = () => {}) => {
    // Most pieces of an English text are such words. Only their case can change, and the general way takes ten times as long.
    if (LETTERS_AND_DIGITS.test(piece)) return [asItStands(piece, lowercase, longestWord)];
    let characters = cleaned(piece, checkTime);
    if (stripAccents) characters = withoutAccents(characters);
    return wordsOf(characters, lowercase, longestWord);
  };
}

/** A word of ASCII letters and digits: each code unit is a character of the text. */
function asItStands(piece: string, lowercase: boolean, longestWord: number): NormalizedWord {
  const kept = piece.slice(0, longestWord + 1);
  const word: NormalizedWord = { text: lowercase ? kept.toLowerCase() : kept, starts: [], ends: [] };
  for (let i = 0; i < kept.length; i++) {
    word.starts.push(i);
    word.ends.push(i + 1);
  }
  word.ends[kept.length - 1] = piece.length;
  return word;
}

function* cleaned(piece: string, checkTime: () => void): Generator<Character> {
  let start = 0;
  for (const text of piece) {
    checkTime();
    const end = start + text.length;
    if (!DROPPED_CHARACTER.test(text)) yield { text, start, end };
    start = end;
  }
}

/**
 * The canonical decomposition without accents. Where decomposition reorders marks, the places in the text keep their order: as the Rust tokenizer does, the first character of
 * each decomposition gets the next place, and every other character the same place again.
 */
function* withoutAccents(characters: Iterable<Character>): Generator<Character> {
  let place: Character | undefined;
  let run: Part[] = [];
  let placesOfRun: Character[] = [];

  /** What remains of a run of combining marks. It is nearly always nothing, and then their order does not matter. */
  function* ordered(): Generator<Character> {
    if (run.every(({ text }) => MARK_CHARACTER.test(text))) {
      place = placesOfRun.at(-1) ?? place;
    } else {
      let next = 0;
      for (const { text, first } of inCanonicalOrder(run)) {
        if (first) place = placesOfRun[next++]!;
        if (!MARK_CHARACTER.test(text)) yield { ...place!, text };
      }
    }
    run = [];
    placesOfRun = [];
  }

  for (const character of characters) {
    for (const [i, text] of decomposed(character.text).entries()) {
      const first = i === 0;
      if (isCombining(text)) {
        run.push({ text, first });
        if (first) placesOfRun.push(character);
        continue;
      }
      if (run.length > 0) yield* ordered();
      if (first) place = character;
      if (!MARK_CHARACTER.test(text)) yield { ...place!, text };
    }
  }
  yield* ordered();
}

function decomposed(character: string): string[] {
  const whole = character < FIRST_DECOMPOSED || UNDECOMPOSED_CHARACTER.test(character);
  return whole ? [character] : Array.from(character.normalize('NFD'));
}

function wordsOf(characters: Iterable<Character>, lowercase: boolean, longestWord: number): NormalizedWord[] {
  const words: NormalizedWord[] = [];
  let word: NormalizedWord | undefined;
  let length = 0;
  for (const { text: before, start, end } of characters) {
    const text = lowercase ? before.toLowerCase() : before;
    const boundary = LETTERS_AND_DIGITS.test(text) ? undefined : BOUNDARY.exec(text);
    if (boundary) word = undefined;
    if (boundary?.groups?.['space'] !== undefined) continue;
    if (word === undefined) {
      word = { text: '', starts: [], ends: [] };
      length = 0;
      words.push(word);
    }
    if (length > longestWord) {
      word.ends[word.ends.length - 1] = end;
      continue;
    }
    for (const part of text) {
      word.text += part;
      length++;
      for (let i = 0; i < part.length; i++) {
        word.starts.push(start);
        word.ends.push(end);
      }
    }
    if (boundary) word = undefined;
  }
  return words;
}

const DROPPED_CHARACTER = new RegExp(DROPPED, 'v');
const FIRST_DECOMPOSED = '\u00c0';
const UNDECOMPOSED_CHARACTER = new RegExp(UNDECOMPOSED, 'v');
const MARK_CHARACTER = new RegExp(MARK, 'v');
const LETTERS_AND_DIGITS = /^[0-9A-Za-z]+$/;
const BOUNDARY = new RegExp(`(?<space>[${SPACE}])|${PUNCTUATION}|${IDEOGRAPH}`, 'v');
