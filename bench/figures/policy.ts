import { pathToFileURL } from 'node:url';
import type { InferenceRecord } from '../../capture/record.ts';
import type { compilePolicy } from '../../policy/compile.ts';
import type { readPolicyDocument } from '../../policy/read-document.ts';
import { builtForBench } from '../built.ts';
import { RECORD_BYTES, WITHOUT_CONTEXT } from '../exchange.ts';
import { figureOf } from '../figure.ts';
import { questions } from '../inputs.ts';
import type { Measurement } from '../measurement.ts';
import { progressLines } from '../progress.ts';
import { quantile } from '../statistics.ts';

/** Records of a round. */
const RECORDS = 5000;
/** The first round compiles the code. */
const WARM_UP = 1;

/** Every detector, the sampling with a condition of each kind, and a limit on records a second that nothing reaches. */
const DOCUMENT = JSON.stringify({
  version: 1,
  redaction: [{ name: 'personal', detect: 'all' }],
  sampling: {
    by: 'requestId',
    rules: [
      { name: 'unsure', when: { score: { below: 0.1 } }, rate: 1 },
      { name: 'slow', when: { latencyAboveMs: 1000, status: { to: 299 } }, rate: 1 },
    ],
    rate: 0.999_999,
    recordsPerSecond: 1_000_000,
  },
});

/** P8: what a whole policy costs a record of 2 KB, on one core. In one record of two there is something to redact. */
export const measurePolicy: Measurement = async ({ root, rounds }) => {
  const compile = (await bundled(root, 'policy')) as { compilePolicy: typeof compilePolicy };
  const read = (await bundled(root, 'policy-document')) as { readPolicyDocument: typeof readPolicyDocument };
  const document = await read.readPolicyDocument(DOCUMENT);
  const now = performance.now.bind(performance);
  const policy = await compile.compilePolicy(document, { text: DOCUMENT, key: undefined, now });
  const records = Array.from({ length: RECORDS }, (_, at) => recordOf(at));

  const progress = progressLines('P8');
  const p50: number[] = [];
  const p99: number[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const microseconds = records.map((record) => {
      const startedMs = now();
      policy.record(record);
      return (now() - startedMs) * 1000;
    });
    if (round < 0) continue;
    p50.push(quantile(microseconds, 0.5));
    p99.push(quantile(microseconds, 0.99));
    progress(round + 1, rounds);
  }
  const what = 'the policy on a record of 2 KB: every detector, sampling';
  return [
    figureOf({ figure: 'P8', what: `${what}, p50`, unit: 'µs', goal: 30 }, p50),
    figureOf({ figure: 'P8', what: `${what}, p99`, unit: 'µs', goal: 100 }, p99),
  ];
};

async function bundled(root: string, name: string): Promise<unknown> {
  return import(pathToFileURL(await builtForBench(root, name)).href);
}

const QUESTIONS = questions();

/** A record of question answering. */
function recordOf(at: number): InferenceRecord {
  const { question, context } = QUESTIONS[at % QUESTIONS.length]!;
  const contact = at % 2 === 0 ? `Write to visitor.${at}@example.org or call +49 30 901820. ` : '';
  const record = (text: string): InferenceRecord => ({
    ...WITHOUT_CONTEXT,
    eventId: crypto.randomUUID(),
    requestId: crypto.randomUUID(),
    inferenceTime: new Date().toISOString(),
    input: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify({ question, context: text }) },
  });
  const room = RECORD_BYTES - JSON.stringify(record(contact)).length;
  return record((contact + context).slice(0, contact.length + room));
}
