import { expect, test } from 'vitest';
import { matchRoute } from './route.ts';

const ROUTES = [
  { method: 'ANY', path: '/{proxy+}' },
  { method: 'POST', path: '/nlp-qa' },
  { method: 'GET', path: '/items/{id}' },
  { method: 'GET', path: '/a.b' },
  { method: 'GET', path: '/users/{user-id}/files/{file.name}' },
  { method: 'GET', path: '/users/{user-id}/files/all' },
  { method: 'GET', path: '/{tenant}/files/all' },
  { method: 'ANY', path: '/users/{proxy+}' },
  { method: 'ANY', path: '/both' },
  { method: 'OPTIONS', path: '/both' },
  { method: 'GET', path: '/names/{constructor}/{__proto__}' },
];

const requests: [method: string, path: string, route: string, parameters: object | null][] = [
  ['POST', '/nlp-qa', '/nlp-qa', null],
  ['POST', '/nlp-qa/', '/nlp-qa', null],
  ['GET', '/nlp-qa', '/{proxy+}', { proxy: 'nlp-qa' }],
  ['GET', '/items/a%20b', '/items/{id}', { id: 'a b' }],
  ['GET', '/items/%zz', '/items/{id}', { id: '%zz' }],
  ['PUT', '/items/1', '/{proxy+}', { proxy: 'items/1' }],
  ['GET', '/items/a%2Fb%2fc%20d', '/items/{id}', { id: 'a%2Fb%2fc d' }],
  ['GET', '/items/a%252Fb', '/items/{id}', { id: 'a%2Fb' }],
  ['GET', '/items/%C3%BC%2F%zz', '/items/{id}', { id: 'ü%2F%zz' }],
  ['PUT', '/items/a%2Fb/c', '/{proxy+}', { proxy: 'items/a%2Fb/c' }],
  ['GET', '/users/7/files/x.txt', '/users/{user-id}/files/{file.name}', { 'user-id': '7', 'file.name': 'x.txt' }],
  ['GET', '/users/7/files/all', '/users/{user-id}/files/all', { 'user-id': '7' }],
  ['GET', '/other/files/all', '/{tenant}/files/all', { tenant: 'other' }],
  ['GET', '/users/7', '/users/{proxy+}', { proxy: '7' }],
  ['GET', '/users/7/', '/users/{proxy+}', { proxy: '7/' }],
  ['GET', '/items//', '/{proxy+}', { proxy: 'items//' }],
  ['GET', '/axb', '/{proxy+}', { proxy: 'axb' }],
];
test.each(requests)('%s %s is answered by %s', (method, path, route, pathParameters) => {
  expect(matchRoute(ROUTES, method, path)).toMatchObject({ route: { path: route }, pathParameters });
});

test('a method of its own comes before ANY', () => {
  expect(matchRoute(ROUTES, 'OPTIONS', '/both')?.route.method).toBe('OPTIONS');
  expect(matchRoute(ROUTES, 'PUT', '/both')?.route.method).toBe('ANY');
});

test('a parameter may be called as what every object has', () => {
  const { pathParameters } = matchRoute(ROUTES, 'GET', '/names/a/b')!;
  expect(Object.entries(pathParameters!)).toEqual([
    ['constructor', 'a'],
    ['__proto__', 'b'],
  ]);
});

test.each([
  ['GET', '/nlp-qa'],
  ['POST', '/'],
  ['POST', '/nlp-qa/more'],
  ['POST', '/nlp-qa//'],
  ['POST', '//nlp-qa'],
  ['GET', '/items/'],
  ['GET', '/items//'],
  ['GET', '/items/{id}/more'],
])('%s %s is not there', (method, path) => {
  const withoutProxies = ROUTES.filter((route) => !route.path.includes('+}'));
  expect(matchRoute(withoutProxies, method, path)).toBeUndefined();
});
