import { expect, test } from 'vitest';
import { type Ready, readyMessage } from './ready-message.ts';

const ready: Ready = {
  template: {
    functionName: 'F',
    routes: [{ method: 'POST', path: '/orders' }],
    buckets: ['b'],
    local: { sample: {} },
  },
  body: '{"item":"book"}',
  ports: { rest: 3000, invoke: 3001, s3: 9000 },
  environmentPorts: { Agent: 4000 },
  objects: 'local/s3',
  freezes: true,
  start: { failure: undefined, remarks: [] },
};

test('after a start without errors the message gives the addresses and a request to try', () => {
  expect(readyMessage(ready)).toBe(`
API Gateway http://127.0.0.1:3000/orders
Lambda http://127.0.0.1:3001
S3 http://127.0.0.1:9000
Agent http://127.0.0.1:4000 (during an invocation; between invocations its environment is frozen, and it does not answer)

Try F:
  curl -s localhost:3000/orders -d '{"item":"book"}'
S3's objects are files in local/s3/b. Ctrl-C shuts the environment down as Lambda does, and ends.
`);
});

test('where the function failed to start, the message gives the reason instead of a request to try', () => {
  const message = readyMessage({ ...ready, start: { failure: 'Runtime.HandlerNotFound: no handler', remarks: [] } });
  expect(message).toContain(
    '\nF failed to start: Runtime.HandlerNotFound: no handler\nEach request tries to start it again, and gets an error until that works.\n',
  );
  expect(message).not.toContain('curl');
});

test('the message repeats what was logged at the start', () => {
  const remarks = ['ERROR nothing is kept', 'WARN a switch'];
  expect(readyMessage({ ...ready, start: { failure: undefined, remarks } })).toContain(
    '\n\nSaid at the start:\n  ERROR nothing is kept\n  WARN a switch\n\nTry F',
  );
});

test('where nothing is ever frozen, a program in the environment always answers', () => {
  expect(readyMessage({ ...ready, freezes: false })).toContain('\nAgent http://127.0.0.1:4000\n');
});

const samples: [
  what: string,
  routes: Ready['template']['routes'],
  sample: { path?: string; body?: string },
  command: string,
][] = [
  ['a GET', [{ method: 'GET', path: '/orders' }], {}, 'curl -s localhost:3000/orders'],
  ['a path with parameters', [{ method: 'GET', path: '/{id}' }], { path: '/7' }, 'curl -s localhost:3000/7'],
  ['another method', [{ method: 'PUT', path: '/a' }], { body: '{}' }, "curl -s -X PUT localhost:3000/a -d '{}'"],
  ['a POST without a body', [{ method: 'POST', path: '/a' }], {}, 'curl -s -X POST localhost:3000/a'],
  ['any method', [{ method: 'ANY', path: '/a' }], { body: '{}' }, "curl -s localhost:3000/a -d '{}'"],
  ['a quote', [{ method: 'POST', path: '/a' }], { body: "it's" }, "curl -s localhost:3000/a -d 'it'\\''s'"],
  ['no route', [], { body: '{}' }, "curl -s localhost:3001/2015-03-31/functions/F/invocations -d '{}'"],
];
test.each(samples)('the request to try, with %s', (_what, routes, { path, body }, command) => {
  const template = { ...ready.template, routes, local: { sample: { path } } };
  expect(readyMessage({ ...ready, template, body })).toContain(`\nTry F:\n  ${command}\n`);
});
