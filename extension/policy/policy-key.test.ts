import * as v from 'valibot';
import { expect, test } from 'vitest';
import { PolicyDocument } from '../../policy/document.ts';
import { isRemote, keyOf } from './policy-key.ts';

const KEY = '0123456789abcdef';
const ENV = { KEY, PADDED: ` ${KEY}\n`, SHORT: KEY.slice(1), UMLAUTS: 'ääääääää', NONE: '' };
const signal = new AbortController().signal;

const documentWith = (key?: object) => v.parse(PolicyDocument, { version: 1, ...(key && { key }) });
const secrets: Record<string, string | Uint8Array> = {
  text: `${KEY}\n`,
  bytes: Buffer.from([...Array(16).keys()]),
  short: 'x',
  nothing: '',
};
const get = (key?: object) => keyOf(documentWith(key), ENV, async (id) => secrets[id]!, signal);

test.each([
  [{ variable: 'KEY' }, Buffer.from(KEY)],
  [{ variable: 'PADDED' }, Buffer.from(KEY)],
  [{ variable: 'UMLAUTS' }, Buffer.from('ääääääää')],
  [{ secret: 'text' }, Buffer.from(KEY)],
  [{ secret: 'bytes' }, secrets['bytes']],
  [undefined, undefined],
])('the key of %j is what is there, as bytes', async (key, bytes) => {
  expect(await get(key)).toEqual(bytes);
});

test.each([
  [{ variable: 'SHORT' }, 'in the variable SHORT, got 15'],
  [{ variable: 'NONE' }, 'in the variable NONE, got 0'],
  [{ variable: 'UNSET' }, 'in the variable UNSET, got 0'],
  [{ secret: 'short' }, 'in the secret short, got 1'],
  [{ secret: 'nothing' }, 'in the secret nothing, got 0'],
])('a key that can be guessed is none: %j', async (key, message) => {
  await expect(get(key)).rejects.toThrow(`Expected a key of at least 16 bytes ${message}`);
});

test('no error repeats a key', async () => {
  await expect(get({ variable: 'SHORT' })).rejects.not.toThrow(ENV.SHORT);
});

test('only a secret is elsewhere', () => {
  expect([undefined, { variable: 'A' }, { secret: 'a' }].map((key) => isRemote(documentWith(key).key))).toEqual([
    false,
    false,
    true,
  ]);
});
