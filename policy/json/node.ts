import type { Text } from './text.ts';

/** A value of a JSON text, or the name of a member, and where it is written. It is made of the text itself: no number loses a digit, and no member of two with the same name is lost. */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'literal' | 'name';
  readonly parent: JsonNode | undefined;
  /** Of a member of an object. */
  readonly name: JsonNode | undefined;
  /** The text that it is written in, between two offsets; quotation marks included. */
  readonly source: Text;
  readonly start: number;
  end: number;
  /** Of a string or a name: what it says. */
  readonly content: Text | undefined;
  /** Members or elements. */
  readonly children: readonly JsonNode[];
  /** Of a string that is JSON itself: its values, of which there are several in JSON Lines. */
  nested: readonly JsonNode[];
}

/** As the node is written. */
export const writtenAs = ({ source, start, end }: JsonNode): string => source.text.slice(start, end);
