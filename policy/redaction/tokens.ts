import { createHmac } from 'node:crypto';
import type { Rule } from './rules.ts';

/** Hexadecimal digits of the HMAC that a token has: 128 bits. */
const HASH_DIGITS = 32;

export interface Span {
  start: number;
  end: number;
}

/** What stands in the place of values that were found: `[name]`, or `[name:HMAC]` of `hash`. It is the same in every JSON text, as it needs no escape. */
export interface Tokens {
  /** @param name the detector's or the rule's */
  token(rule: Pick<Rule, 'action'>, name: string, value: string): string;
  /** Tokens that a text has already, so that it can be redacted again without a change. */
  spans(text: string): Span[];
  /** Whether a text is nothing but a token of the name. */
  isToken(text: string, name: string): boolean;
}

/** @param key of HMAC-SHA-256 (RFC 2104), for the rules with `hash` */
export function createTokens(key: Buffer | undefined, names: readonly string[]): Tokens {
  const pattern = new RegExp(`\\[(?:${names.join('|')})(?::[0-9a-f]{${HASH_DIGITS}})?\\]`, 'g');
  return {
    token({ action }, name, value) {
      if (action !== 'hash' || key === undefined) return `[${name}]`;
      return `[${name}:${createHmac('sha256', key).update(value).digest('hex').slice(0, HASH_DIGITS)}]`;
    },
    spans(text) {
      if (!text.includes('[')) return [];
      return Array.from(text.matchAll(pattern), ({ index, 0: token }) => ({ start: index, end: index + token.length }));
    },
    isToken(text, name) {
      const [span] = this.spans(text);
      return (
        span?.start === 0 &&
        span.end === text.length &&
        text.startsWith(`[${name}`) &&
        /^[\]:]/.test(text.slice(name.length + 1))
      );
    },
  };
}
