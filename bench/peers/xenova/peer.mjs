// node peer.mjs MODEL_FOLDER THREADS, forked: the peer's pipeline as a subject, see ../../subjects/serve.ts
import { serve } from '../../subjects/serve.ts';
import { answerer, runtime } from './pipeline.mjs';

serve({ answer: ({ question, context }) => answerer(question, context) }, runtime);
