import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../fixtures/environment.ts';
import { Subscriber } from './subscriber.ts';

let server: http.Server;
let subscriber: Subscriber;
let posts: { type: string; record: unknown }[][];
let statuses: number[];
beforeEach(async () => {
  posts = [];
  statuses = [];
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push(JSON.parse(body));
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const buffering = { maxItems: 3, maxBytes: 1000, timeoutMs: 25 };
  const subscription = { types: ['platform'], url: `http://127.0.0.1:${port}`, buffering };
  subscriber = new Subscriber(subscription, () => 0);
});
afterEach(() => {
  subscriber.close();
  server.closeAllConnections();
  server.close();
});

const event = (record: string, type = 'platform.start') => ({ time: '', type, record });

test('events come in arrays of maxItems, and the rest after timeoutMs', async () => {
  for (const record of ['a', 'b', 'c', 'd', 'e']) subscriber.add(event(record));
  await until(() => posts.length === 2, 'two posts');
  expect(posts.map((post) => post.map(({ record }) => record))).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

test('an array is no larger than maxBytes, unless one event alone is', async () => {
  for (const record of ['a'.repeat(1200), 'b'.repeat(600), 'c'.repeat(600)]) subscriber.add(event(record));
  await until(() => posts.length === 3, 'three posts');
});

test('what is not taken is sent again, with what came meanwhile', async () => {
  statuses = [500];
  subscriber.add(event('a'));
  await until(() => posts.length === 1, 'a post');
  subscriber.add(event('b'));
  await until(() => posts.length === 2, 'another');
  expect(posts[1]!.map(({ record }) => record)).toEqual(['a', 'b']);
});

test('types that it has not subscribed to are not sent', async () => {
  subscriber.add(event('line', 'function'));
  subscriber.add(event('a'));
  await until(() => posts.length === 1, 'a post');
  expect(posts[0]!.map(({ record }) => record)).toEqual(['a']);
});

test('what does not find room is counted, and told', async () => {
  subscriber.pause();
  for (let i = 0; i < 5; i++) subscriber.add(event('x'.repeat(1024 * 1024)));
  subscriber.resume();
  await until(() => posts.flat().some(({ type }) => type === 'platform.logsDropped'), 'logsDropped');
  expect(posts.flat().at(-1)).toMatchObject({ record: { droppedRecords: 2 } });
});

test('nothing is sent while the environment is frozen', async () => {
  subscriber.pause();
  for (const record of ['a', 'b', 'c']) subscriber.add(event(record));
  expect(posts).toEqual([]);
  subscriber.resume();
  await until(() => posts.length === 1, 'a post');
});
