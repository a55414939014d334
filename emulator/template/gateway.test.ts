import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/template.ts';

/** The routes of a template whose events have these methods, paths, and APIs. */
function routesOf(events: readonly [method: string, path: string, api?: string][], more = '') {
  const lines = events.map(
    ([method, path, api], i) =>
      `  E${i}: {Type: Api, Properties: {Method: "${method}", Path: "${path}"${api ? `, RestApiId: !Ref ${api}` : ''}}}`,
  );
  return parsed(`Events:\n${lines.join('\n')}`, more).template.routes;
}

test.each(['/', '/a/{my-id}', '/{x.y}/b', '/{a_b:c$}', '/a/{proxy+}', '/{a}/{b}/{c+}'])('%s is a path', (path) => {
  expect(routesOf([['get', path]])).toEqual([{ method: 'GET', path }]);
});

test.each([
  ['/{id}/x/{id}', "different names, got {id} twice in '/{id}/x/{id}'"],
  ['/{id}/{id+}', 'got {id} twice'],
  ['/{proxy+}/a', "Expected {name+} at the end of '/{proxy+}/a' only"],
  ['/a{id}', "a whole part of the path, {name} or {name+}, its name of letters, digits and . _ : - $; got 'a{id}'"],
  ['/{}', "got '{}'"],
  ['/{a b}', "got '{a b}'"],
  ['/{a', "got '{a'"],
  ['/a/*', "to have letters, digits and . _ ~ : $ , @ % + - only, or to be a parameter; got '*'"],
  ['/a?b', "got 'a?b'"],
])('%s is refused at the start', (path, says) => {
  expect(() => routesOf([['get', path]])).toThrow(says);
  expect(() => routesOf([['get', path]])).toThrow('my.yaml:9:53: Resources.Fn.Properties.Events.E0.Properties.Path');
});

test('a route that is there twice is refused', () => {
  const twice: [string, string][] = [
    ['get', '/a'],
    ['GET', '/a'],
  ];
  expect(() => routesOf(twice)).toThrow(
    'my.yaml:10:53: Resources.Fn.Properties.Events.E1.Properties.Path: Expected every route once, got GET /a again',
  );
});

describe('CORS', () => {
  const preflights = (events: [string, string, string?][], more: string) =>
    routesOf(events, more).filter(({ preflight }) => preflight);

  test('as one origin, for every path, with the methods that it has', () => {
    const events: [string, string][] = [
      ['post', '/a'],
      ['get', '/a'],
      ['any', '/b'],
    ];
    expect(preflights(events, `Globals: {Api: {Cors: "'http://localhost:5173'"}}`)).toEqual([
      {
        method: 'OPTIONS',
        path: '/a',
        preflight: {
          'Access-Control-Allow-Origin': 'http://localhost:5173',
          'Access-Control-Allow-Methods': 'GET,OPTIONS,POST',
        },
      },
      {
        method: 'OPTIONS',
        path: '/b',
        preflight: {
          'Access-Control-Allow-Origin': 'http://localhost:5173',
          'Access-Control-Allow-Methods': 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT',
        },
      },
    ]);
  });

  test('as a map, of which every value becomes a header', () => {
    const cors = `{AllowOrigin: "'http://a.b'", AllowMethods: "'PUT'", AllowHeaders: "'X-A,X-B'", MaxAge: "'600'", AllowCredentials: true}`;
    expect(preflights([['post', '/a']], `Globals: {Api: {Cors: ${cors}}}`)).toMatchObject([
      {
        preflight: {
          'Access-Control-Allow-Origin': 'http://a.b',
          'Access-Control-Allow-Methods': 'PUT',
          'Access-Control-Allow-Headers': 'X-A,X-B',
          'Access-Control-Max-Age': '600',
          'Access-Control-Allow-Credentials': 'true',
        },
      },
    ]);
  });

  test('not where the function answers OPTIONS itself', () => {
    const events: [string, string][] = [
      ['post', '/a'],
      ['options', '/a'],
    ];
    expect(preflights(events, `Globals: {Api: {Cors: "'*'"}}`)).toEqual([]);
  });

  test('of an API of its own, laid over Globals; the others have what Globals say', () => {
    const more = `
  Open: {Type: AWS::Serverless::Api, Properties: {StageName: Prod, Cors: {AllowOrigin: "'*'"}}}
  Plain: {Type: AWS::Serverless::Api, Properties: {StageName: Prod}}
Globals: {Api: {Cors: {MaxAge: "'1'", AllowOrigin: "'http://a.b'"}}}`;
    const events: [string, string, string?][] = [
      ['get', '/open', 'Open'],
      ['get', '/plain', 'Plain'],
      ['get', '/implicit'],
    ];
    const origins = preflights(events, more).map(({ path, preflight }) => [
      path,
      preflight!['Access-Control-Allow-Origin'],
      preflight!['Access-Control-Max-Age'],
    ]);
    expect(origins.sort()).toEqual([
      ['/implicit', 'http://a.b', '1'],
      ['/open', '*', '1'],
      ['/plain', 'http://a.b', '1'],
    ]);
  });

  test.each([
    [`"*"`, /my\.yaml:10:17: Globals\.Api\.Cors\.AllowOrigin: Expected a value in single quotes/],
    [`{AllowMethods: "GET"}`, /my\.yaml:10:24: Globals\.Api\.Cors\.AllowMethods: Expected a value in single quotes/],
    [`{AllowCredentials: true}`, /Globals\.Api\.Cors: Expected AllowOrigin to be one origin/],
  ])('%s is refused', (cors, says) => {
    expect(() => routesOf([['get', '/a']], `Globals: {Api: {Cors: ${cors}}}`)).toThrow(says);
  });
});
