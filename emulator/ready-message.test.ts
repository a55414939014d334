import { expect, test } from 'vitest';
import { type Ready, readyMessage } from './ready-message.ts';

const ready: Ready = {
  template: { functionName: 'F', routes: [{ method: 'POST', path: '/ask' }], buckets: ['b'] },
  ports: { rest: 3000, invoke: 3001, s3: 9000, capture: 2772 },
  objects: 'local/s3',
  freezes: true,
  start: { failure: undefined, remarks: [] },
};

test('a start that went well tells the addresses, and what to try', () => {
  expect(readyMessage(ready)).toBe(`
API Gateway http://127.0.0.1:3000/ask
Lambda http://127.0.0.1:3001
S3 http://127.0.0.1:9000
Extension http://127.0.0.1:2772 (during an invocation; between invocations its environment is frozen, and it does not answer)

Ask F a question:
  curl -s localhost:3000/ask -d '{"question":"Where do I live?","context":"My name is Wolfgang and I live in Berlin."}'
S3's objects are files in local/s3/b. Ctrl-C delivers what is left, and ends.
`);
});

test('a function that failed to start is told, with the reason, and nobody is invited to ask it', () => {
  const message = readyMessage({ ...ready, start: { failure: 'Runtime.HandlerNotFound: no handler', remarks: [] } });
  expect(message).toContain(
    '\nF failed to start: Runtime.HandlerNotFound: no handler\nEach request starts it anew, and gets an error while that fails.\n',
  );
  expect(message).not.toContain('curl');
});

test('what was said at the start is told, whatever else is', () => {
  const remarks = ['ERROR no record is captured', 'WARN a switch'];
  expect(readyMessage({ ...ready, start: { failure: undefined, remarks } })).toContain(
    '\n\nSaid at the start:\n  ERROR no record is captured\n  WARN a switch\n\nAsk F',
  );
});

test('where nothing is ever frozen, the extension always answers', () => {
  expect(readyMessage({ ...ready, freezes: false })).toContain('\nExtension http://127.0.0.1:2772\n');
});
