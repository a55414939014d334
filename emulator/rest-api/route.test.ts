import { expect, test } from 'vitest';
import { matchRoute } from './route.ts';

const ROUTES = [
  { method: 'ANY', path: '/{proxy+}' },
  { method: 'POST', path: '/nlp-qa' },
  { method: 'GET', path: '/items/{id}' },
  { method: 'GET', path: '/a.b' },
];

const requests: [method: string, path: string, route: string, parameters: object | null][] = [
  ['POST', '/nlp-qa', '/nlp-qa', null],
  ['POST', '/nlp-qa/', '/nlp-qa', null],
  ['GET', '/nlp-qa', '/{proxy+}', { proxy: 'nlp-qa' }],
  ['GET', '/items/a%20b', '/items/{id}', { id: 'a b' }],
  ['GET', '/items/%zz', '/items/{id}', { id: '%zz' }],
  ['PUT', '/items/1', '/{proxy+}', { proxy: 'items/1' }],
  ['GET', '/axb', '/{proxy+}', { proxy: 'axb' }],
];
test.each(requests)('%s %s is answered by %s', (method, path, route, pathParameters) => {
  expect(matchRoute(ROUTES, method, path)).toMatchObject({ route: { path: route }, pathParameters });
});

test.each([
  ['GET', '/nlp-qa'],
  ['POST', '/'],
  ['POST', '/nlp-qa/more'],
])('%s %s is not there', (method, path) => {
  expect(matchRoute(ROUTES.slice(1), method, path)).toBeUndefined();
});
