// node start.mjs MODEL_FOLDER THREADS, forked: a script that builds the peer's pipeline, until it can be asked. As plain as ../../subjects/function-start.mjs.
import { runtime } from './pipeline.mjs';

process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime });
