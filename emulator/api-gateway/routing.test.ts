import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterEach, expect, test } from 'vitest';
import { answering } from '../fixtures/answering.ts';
import type { Route } from '../template/routes.ts';
import { buildRestApi } from './rest-api.ts';

const ROUTES = [
  { method: 'ANY', path: '/{proxy+}' },
  { method: 'POST', path: '/orders' },
  { method: 'GET', path: '/items/{id}' },
  { method: 'GET', path: '/a.b' },
  { method: 'GET', path: '/v1:list' },
  { method: 'GET', path: '/a%20b' },
  { method: 'GET', path: '/users/{user-id}/files/{file.name}' },
  { method: 'GET', path: '/users/{user-id}/files/all' },
  { method: 'GET', path: '/{tenant}/files/all' },
  { method: 'ANY', path: '/users/{proxy+}' },
  { method: 'ANY', path: '/both/{any}' },
  { method: 'OPTIONS', path: '/both/{own}' },
  { method: 'GET', path: '/twice/{first}' },
  { method: 'GET', path: '/twice/{second}' },
  { method: 'GET', path: '/names/{constructor}/{__proto__}' },
];

const { environment, requests } = answering({ statusCode: 200, body: '{}' });
const open: { close(): Promise<unknown> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

/** Sends a path as it stands, which a URL would not keep. @returns the event of the function, or the status without it */
async function ask(method: string, path: string, routes: Route[] = ROUTES): Promise<APIGatewayProxyEvent | number> {
  const app = buildRestApi({ routes, environment, log: () => {} });
  open.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const status = await new Promise<number>((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path }, async (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end();
  });
  const invoked = requests.splice(0)[0];
  return invoked ? (JSON.parse(String(invoked.payload)) as APIGatewayProxyEvent) : status;
}

const found: [method: string, path: string, resource: string, parameters: object | null][] = [
  ['POST', '/orders', '/orders', null],
  ['POST', '/orders/', '/orders', null],
  ['POST', '/orders?a=%zz/b', '/orders', null],
  ['GET', '/orders', '/{proxy+}', { proxy: 'orders' }],
  ['POST', '/Orders', '/{proxy+}', { proxy: 'Orders' }],
  ['GET', '/items/a%20b', '/items/{id}', { id: 'a b' }],
  ['GET', '/items/%zz', '/items/{id}', { id: '%zz' }],
  ['PUT', '/items/1', '/{proxy+}', { proxy: 'items/1' }],
  ['GET', '/items/a%2Fb%2fc%20d', '/items/{id}', { id: 'a%2Fb%2fc d' }],
  ['GET', '/items/a%252Fb', '/items/{id}', { id: 'a%2Fb' }],
  ['GET', '/items/%C3%BC%2F%zz', '/items/{id}', { id: 'ü%2F%zz' }],
  ['GET', `/items/${'x'.repeat(8000)}`, '/items/{id}', { id: 'x'.repeat(8000) }],
  ['PUT', '/items/a%2Fb/c', '/{proxy+}', { proxy: 'items/a%2Fb/c' }],
  ['GET', '/users/7/files/x.txt', '/users/{user-id}/files/{file.name}', { 'user-id': '7', 'file.name': 'x.txt' }],
  ['GET', '/users/7/files/all', '/users/{user-id}/files/all', { 'user-id': '7' }],
  ['GET', '/other/files/all', '/{tenant}/files/all', { tenant: 'other' }],
  ['GET', '/users/7', '/users/{proxy+}', { proxy: '7' }],
  ['GET', '/users/7/', '/users/{proxy+}', { proxy: '7/' }],
  ['GET', '/users//', '/users/{proxy+}', { proxy: '/' }],
  ['GET', '/users/', '/{proxy+}', { proxy: 'users/' }],
  ['GET', '/items//', '/{proxy+}', { proxy: 'items//' }],
  ['GET', '/axb', '/{proxy+}', { proxy: 'axb' }],
  ['GET', '/a.b', '/a.b', null],
  ['GET', '/v1:list', '/v1:list', null],
  ['GET', '/a%20b', '/a%20b', null],
  ['OPTIONS', '/both/1', '/both/{own}', { own: '1' }],
  ['PUT', '/both/1', '/both/{any}', { any: '1' }],
  ['GET', '/twice/1', '/twice/{first}', { first: '1' }],
];
test.each(found)('%s %s is answered by %s', async (method, path, resource, pathParameters) => {
  expect(await ask(method, path)).toMatchObject({ resource, pathParameters, path: path.split('?')[0] });
});

test('a parameter may have a name that every object has', async () => {
  const { pathParameters } = (await ask('GET', '/names/a/b')) as APIGatewayProxyEvent;
  expect(Object.entries(pathParameters!)).toEqual([
    ['constructor', 'a'],
    ['__proto__', 'b'],
  ]);
});

test.each([
  ['GET', '/orders'],
  ['POST', '/'],
  ['POST', '/orders/more'],
  ['POST', '/orders//'],
  ['POST', '//orders'],
  ['POST', 'http://localhost/orders'],
  ['OPTIONS', '*'],
  ['GET', '/items/'],
  ['GET', '/items//'],
  ['GET', '/items/{id}/more'],
])('%s %s is not there', async (method, path) => {
  const withoutProxies = ROUTES.filter((route) => !route.path.includes('+}'));
  expect(await ask(method, path, withoutProxies)).toBe(403);
});

test('{proxy+} is one part at least', async () => {
  expect(await ask('GET', '/')).toBe(403);
  const preflight = { method: 'OPTIONS', path: '/{proxy+}', preflight: {} };
  expect(await ask('OPTIONS', '/a', [preflight])).toBe(200);
  expect(await ask('OPTIONS', '/', [preflight])).toBe(403);
});
