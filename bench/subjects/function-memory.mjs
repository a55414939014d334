// node function-memory.mjs FUNCTION_BUNDLE, forked: the function, asked by direct invocations. Not TypeScript: Node needs 18 MB to read that.
import { pathToFileURL } from 'node:url';
import { requestsFor } from './requests.mjs';

const [bundle] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(bundle).href);
const { request, says } = requestsFor(bundle);
process.on('message', async ({ id, question, context }) => {
  const startedMs = performance.now();
  const body = await handler(request(question, context), { awsRequestId: id });
  const ms = performance.now() - startedMs;
  process.send(body.error ? { error: `${body.error.code}: ${body.error.message}` } : { answer: says(body), ms });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime: 'the function' });
