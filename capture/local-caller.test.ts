import { describe, expect, it } from 'vitest';
import { foreignCaller } from './local-caller.ts';

describe('foreignCaller', () => {
  it.each([
    { host: 'localhost:3000' },
    { host: 'LOCALHOST' },
    { host: '127.0.0.1:2772' },
    { host: '127.1.2.3' },
    { host: '[::1]:9000' },
    {}, // HTTP/1.0
    { host: 'localhost:3000', 'sec-fetch-site': 'none' }, // the address was typed
  ])('lets in $host $sec-fetch-site', (headers) => {
    expect(foreignCaller(headers)).toBeUndefined();
  });

  it.each([
    'evil.example',
    'evil.example:2772',
    'localhost.evil.example',
    'localhost.',
    'evil.localhost',
    '127.0.0.1.evil.example',
    '127.0.0.1.',
    '127.0.0.1@evil.example',
    'evil.example@127.0.0.1',
    'user:password@localhost:2772',
    'localhost:2772@evil.example',
    'localhost/evil.example',
    'localhost#evil.example',
    'localhost?evil.example',
    'localhost\\evil.example',
    'localhost:',
    'localhost:port',
    'localhost:2772:2772',
    'localhost:999999',
    'localhost, evil.example',
    'http://localhost',
    '::1',
    '[::1',
    '[::1].evil.example',
    '[::ffff:127.0.0.1]',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0.0.0.0:3000',
    '192.168.1.7:3000',
    'ｌｏｃａｌｈｏｓｔ',
    'local\u00adhost',
    '',
    'a b',
  ])('refuses the Host "%s", and does not repeat it', (host) => {
    expect(foreignCaller({ host })).toBe(
      'Expected a Host of this machine (localhost, 127.0.0.1 or [::1]), got another one',
    );
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:5173' },
    { origin: 'http://127.0.0.1:2772' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': ['none', 'cross-site'] },
  ])('refuses every web page: $origin $sec-fetch-site', (headers) => {
    expect(foreignCaller({ host: 'localhost', ...headers })).toMatch(/^Expected no (Origin|Sec-Fetch-Site), got one/);
  });

  it('takes an alias for a name of this machine, and no other', () => {
    expect(foreignCaller({ host: 'sandbox.localdomain:9001' }, 'sandbox.localdomain')).toBeUndefined();
    expect(foreignCaller({ host: 'sandbox.localdomain.evil.example' }, 'sandbox.localdomain')).toBeDefined();
    expect(foreignCaller({ host: 'sandbox.localdomain' })).toBeDefined();
  });
});
