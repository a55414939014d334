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
    { host: 'localhost:3000', origin: 'http://localhost:5173' },
    { host: 'localhost:3000', origin: 'http://127.0.0.1:5173', 'sec-fetch-site': 'cross-site' },
    { host: 'localhost:3000', 'sec-fetch-site': 'none' },
    { host: 'localhost:3000', 'sec-fetch-site': 'same-site' },
  ])('lets in $host $origin $sec-fetch-site', (headers) => {
    expect(foreignCaller(headers)).toBeUndefined();
  });

  it.each([
    { host: 'evil.example' },
    { host: 'evil.example:2772' },
    { host: 'localhost.evil.example' },
    { host: '127.0.0.1.evil.example' },
    { host: '127.0.0.1@evil.example' },
    { host: '0.0.0.0:3000' },
    { host: '192.168.1.7:3000' },
    { host: '' },
    { host: 'a b' },
    { host: 'localhost', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'null' },
    { host: 'localhost', origin: '' },
    { host: 'localhost', 'sec-fetch-site': 'cross-site' },
  ])('refuses $host $origin $sec-fetch-site', (headers) => {
    expect(foreignCaller(headers)).toMatch(/^Expected /);
  });

  it('takes an alias for a name of this machine, and no other', () => {
    expect(foreignCaller({ host: 'sandbox.localdomain:9001' }, 'sandbox.localdomain')).toBeUndefined();
    expect(foreignCaller({ host: 'sandbox.localdomain.evil.example' }, 'sandbox.localdomain')).toBeDefined();
    expect(foreignCaller({ host: 'sandbox.localdomain' })).toBeDefined();
  });
});
