import { expect, test } from 'vitest';
import { proxyOf, unusableProxies } from './proxy.ts';

const LOOPBACK = 'localhost,127.0.0.1-127.255.255.255,[::1],::1';

test.each([
  [{ HTTPS_PROXY: 'http://proxy:3128' }, { HTTPS_PROXY: 'http://proxy:3128/', NO_PROXY: LOOPBACK }],
  [{ HTTPS_PROXY: 'proxy:3128' }, { HTTPS_PROXY: 'http://proxy:3128/', NO_PROXY: LOOPBACK }],
  [
    { https_proxy: 'http://a', HTTPS_PROXY: 'http://b' },
    { HTTPS_PROXY: 'http://a/', NO_PROXY: LOOPBACK },
  ],
  [
    { https_proxy: '', HTTPS_PROXY: 'http://b' },
    { HTTPS_PROXY: 'http://b/', NO_PROXY: LOOPBACK },
  ],
  [
    { HTTP_PROXY: 'https://user:word@proxy', no_proxy: '.internal, 10.0.0.1  s3.example' },
    { HTTP_PROXY: 'https://user:word@proxy/', NO_PROXY: `.internal,10.0.0.1,s3.example,${LOOPBACK}` },
  ],
  [{ NO_PROXY: 's3.example' }, undefined],
  [{ HTTPS_PROXY: ' ' }, undefined],
])('%j', (env, proxy) => {
  expect(proxyOf(env)).toEqual(proxy);
  expect(unusableProxies(env)).toEqual([]);
});

test.each(['socks5://proxy:1080', 'htp://proxy', 'http://', 'http://user:secret@proxy:99999', 'not a proxy'])(
  'what is no proxy for HTTP is none, and that is known: %s',
  (HTTPS_PROXY) => {
    expect(proxyOf({ HTTPS_PROXY })).toBeUndefined();
    expect(unusableProxies({ HTTPS_PROXY })).toEqual(['HTTPS_PROXY']);
  },
);
