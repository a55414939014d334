import { describe, expect, test } from 'vitest';
import { redactorOf, type WrittenRule } from './fixtures/redact.ts';

const EMAIL: WrittenRule = { name: 'mail', detect: ['email'] };

describe('a label', () => {
  test.each([
    ['CSV', 'Ask a@x.org', 'Ask [email]'],
    ['JSON', '{"secret":1,"to":"a@x.org"}', '{"to":"[email]"}'],
    ['JSON', '{"secret":1', 'null'],
    ['BASE64', '/9g=', ''],
  ] as const)('of %s: %s', async (encoding, data, expected) => {
    const redactor = await redactorOf(EMAIL, { name: 'p', path: '$.secret', action: 'drop' });
    expect(redactor.label({ eventId: 'e', encoding, data }).label).toEqual({ eventId: 'e', encoding, data: expected });
  });
});
