/** A token that is looked for in the unchanged text, before the text is split or normalised. */
export interface AddedToken {
  id: number;
  content: string;
  /** Includes the white space before it. @default false */
  lstrip?: boolean;
  /** Looked for last, in the text between the other added tokens. @default false */
  normalized?: boolean;
}

/** A piece of a text, in UTF-16 code units, `end` exclusive. */
export interface Piece {
  start: number;
  end: number;
  /** The id of the added token that the piece is, such as `[SEP]`. Absent: ordinary text. */
  addedId?: number;
}

/**
 * Splits a text at its added tokens. The pieces are the whole text, and no piece is empty.
 *
 * Source: AddedVocabulary of huggingface/tokenizers. The leftmost token is taken; where several begin at one place, the longest.
 */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: string) => Piece[] {
  const early = finder(tokens.filter(({ normalized }) => !normalized));
  const late = finder(tokens.filter(({ normalized }) => normalized));
  return (text) => {
    const pieces = early?.(text, 0, text.length) ?? ordinary(0, text.length);
    if (late === undefined) return pieces;
    return pieces.flatMap((piece) => (piece.addedId === undefined ? late(text, piece.start, piece.end) : piece));
  };
}

type Finder = (text: string, first: number, end: number) => Piece[];

function finder(tokens: readonly AddedToken[]): Finder | undefined {
  if (tokens.length === 0) return undefined;
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const contents = [...byContent.keys()].sort((a, b) => b.length - a.length).map((content) => RegExp.escape(content));
  const pattern = new RegExp(contents.join('|'), 'g');
  return (text, first, end) => {
    const pieces: Piece[] = [];
    let at = first;
    for (const { 0: content, index } of text.slice(first, end).matchAll(pattern)) {
      const { id, lstrip } = byContent.get(content)!;
      const start = lstrip ? spaceBefore(text, first + index, at) : first + index;
      pieces.push(...ordinary(at, start));
      at = first + index + content.length;
      pieces.push({ start, end: at, addedId: id });
    }
    pieces.push(...ordinary(at, end));
    return pieces;
  };
}

function ordinary(start: number, end: number): Piece[] {
  return start < end ? [{ start, end }] : [];
}

const WHITE_SPACE = /\p{White_Space}/u;

/** Where the white space before `end` begins; `least` at the earliest. */
function spaceBefore(text: string, end: number, least: number): number {
  let start = end;
  while (start > least && WHITE_SPACE.test(text[start - 1]!)) start--;
  return start;
}

/** The end of the white space that begins at `start`. */
export function spaceEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && WHITE_SPACE.test(text[end]!)) end++;
  return end;
}
