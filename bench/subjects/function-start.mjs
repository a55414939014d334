// node function-start.mjs FUNCTION_BUNDLE, forked: the function until it can be asked. Not TypeScript: Node needs 50 ms more to start with that.
import { pathToFileURL } from 'node:url';

await import(pathToFileURL(process.argv[2]).href);
process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime: 'the function' });
