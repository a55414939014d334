import { expect, test } from 'vitest';
import { type Ready, readyMessage } from './ready-message.ts';

const ready: Ready = {
  template: {
    functionName: 'F',
    routes: [{ method: 'POST', path: '/orders' }],
    buckets: ['b'],
    local: { sample: { body: '{"item":"book"}' } },
  },
  ports: { rest: 3000, invoke: 3001, s3: 9000 },
  environmentPorts: { Agent: 4000 },
  objects: 'local/s3',
  freezes: true,
  start: { failure: undefined, remarks: [] },
};

test('a start that went well tells the addresses, and what to try', () => {
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

test('a function that failed to start is told, with the reason, and nobody is invited to try it', () => {
  const message = readyMessage({ ...ready, start: { failure: 'Runtime.HandlerNotFound: no handler', remarks: [] } });
  expect(message).toContain(
    '\nF failed to start: Runtime.HandlerNotFound: no handler\nEach request starts it anew, and gets an error while that fails.\n',
  );
  expect(message).not.toContain('curl');
});

test('what was said at the start is told, whatever else is', () => {
  const remarks = ['ERROR nothing is kept', 'WARN a switch'];
  expect(readyMessage({ ...ready, start: { failure: undefined, remarks } })).toContain(
    '\n\nSaid at the start:\n  ERROR nothing is kept\n  WARN a switch\n\nTry F',
  );
});

test('where nothing is ever frozen, a program in the environment always answers', () => {
  expect(readyMessage({ ...ready, freezes: false })).toContain('\nAgent http://127.0.0.1:4000\n');
});
