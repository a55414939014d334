import * as v from 'valibot';
import { expect, test } from 'vitest';
import { PolicyDocument } from '../../policy/document.ts';
import { loadFailureOf } from './policy-failure.ts';
import { isRemote, keyOf } from './policy-key.ts';

const documentWith = (key?: object) => v.parse(PolicyDocument, { version: 1, ...(key && { key }) });
const { signal } = new AbortController();
const OF_VARIABLE = documentWith({ variable: 'KEY' });
const OF_SECRET = documentWith({ secret: 'capture/key' });
const KEY = '0123456789abcdef';

const inVariable = (value?: string) => keyOf(OF_VARIABLE, { KEY: value }, async () => '', signal);
const inSecret = (value: string | Uint8Array) => keyOf(OF_SECRET, {}, async () => value, signal);

test('a document without a key has none, and nothing is asked for it', async () => {
  const ask = () => Promise.reject(new Error('asked'));
  expect(await keyOf(documentWith(), {}, ask, signal)).toBeUndefined();
  expect([documentWith(), OF_VARIABLE, OF_SECRET].map(({ key }) => isRemote(key))).toEqual([false, false, true]);
});

test('the key is the bytes of its text without white space around it, or those of a binary secret as they are', async () => {
  expect(await inVariable(` ${KEY}\n`)).toEqual(Buffer.from(KEY));
  expect(await inSecret(`${KEY}\n`)).toEqual(Buffer.from(KEY));
  expect(await inVariable('ÄÖÜäöüßé')).toHaveLength(16);
  const binary = Buffer.from(` ${KEY.slice(2)} `);
  expect(await inSecret(binary)).toEqual(binary);
});

test.each([
  ['no variable', () => inVariable(), /16 bytes in the variable KEY, got 0/],
  ['an empty variable', () => inVariable(''), /got 0/],
  ['white space', () => inVariable(' '.repeat(40)), /got 0/],
  ['15 bytes', () => inVariable(KEY.slice(1)), /got 15/],
  ['15 bytes and white space', () => inVariable(`${KEY.slice(1)}\n`), /got 15/],
  ['a short secret', () => inSecret('short'), /in the secret capture\/key, got 5/],
  ['a short binary secret', () => inSecret(Buffer.from('short')), /got 5/],
])('%s is no key, and the message does not show it', async (_, key, message) => {
  const failure = loadFailureOf(await key().catch((error: unknown) => error));
  expect(failure).toMatchObject({ cause: expect.stringMatching(message), wrong: false, passes: false });
  expect(JSON.stringify(failure)).not.toMatch(/short[^ e]|12345/);
});

test('the abort of an attempt reaches the request for the secret', async () => {
  const controller = new AbortController();
  const asked = keyOf(OF_SECRET, {}, async (id, given) => `${id} ${given === controller.signal}`, controller.signal);
  expect(String(await asked)).toBe('capture/key true');
});
