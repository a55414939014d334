// node start.mjs FUNCTION_BUNDLE, forked: the function, as far as its init goes. No TypeScript here: Node takes 50 ms to begin with that.
import { pathToFileURL } from 'node:url';

await import(pathToFileURL(process.argv[2]).href);
process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime: 'the function' });
