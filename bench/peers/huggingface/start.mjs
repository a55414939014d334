// node start.mjs MODEL_FOLDER THREADS, forked: what a plain script does until it can be asked. As plain as ../../subjects/start.mjs.
import { runtime } from './pipeline.mjs';

process.on('disconnect', () => process.exit());
process.send({ ready: true, runtime });
