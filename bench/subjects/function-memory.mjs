// node function-memory.mjs FUNCTION_BUNDLE, forked: the function, asked by direct invocations. Not TypeScript: Node needs 18 MB to read that.
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);
process.on('message', async ({ id, question, context }) => {
  const startedMs = performance.now();
  const { answer, error } = await handler({ question, context }, { awsRequestId: id });
  process.send(error ? { error: `${error.code}: ${error.message}` } : { answer, ms: performance.now() - startedMs });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime: 'the function' });
