import { describe, expect, test } from 'vitest';
import { asStartError, openFilesLimit, proxyRemark, requireOpenFiles } from './machine.ts';

test('the limit of open files is known, and is enough for who runs the tests', () => {
  expect(openFilesLimit()).toBeGreaterThan(0);
  requireOpenFiles(128);
  requireOpenFiles(Number.POSITIVE_INFINITY);
  expect(() => requireOpenFiles(127)).toThrow(
    'at least 128 open files, got 127. Raise the limit with `ulimit -n 1024`.',
  );
});

test('a defect is not blamed on --local', () => {
  const defect = new TypeError('undefined is not a function');
  expect(asStartError(defect, 'local')).toBe(defect);
});

describe('a proxy', () => {
  const PROXY = 'http://user:secret@proxy.example';
  test.each([
    [{ http_proxy: PROXY }, 'http_proxy'],
    [{ HTTP_PROXY: PROXY, NO_PROXY: 'localhost' }, 'HTTP_PROXY'],
    [{ ALL_PROXY: PROXY, no_proxy: 'example.com', NO_PROXY: 'localhost,127.0.0.1' }, 'ALL_PROXY'],
  ])('of %o would be asked for this machine, and its password is not told', (env, name) => {
    expect(proxyRemark(env)).toBe(
      `${name} is set: curl and the AWS CLI would ask that proxy for this machine, too. Set no_proxy=localhost,127.0.0.1 for them.`,
    );
  });

  test.each([
    [{}],
    [{ http_proxy: '' }],
    [{ http_proxy: PROXY, no_proxy: '*' }],
    [{ http_proxy: PROXY, NO_PROXY: '::1, 127.0.0.1, localhost' }],
    [{ https_proxy: PROXY }],
  ])('of %o would not', (env) => {
    expect(proxyRemark(env)).toBeUndefined();
  });
});
