// node handler.ts FUNCTION_BUNDLE, forked: the function's handler as a subject, see serve.ts. Its environment configures it, as on Lambda.
import { pathToFileURL } from 'node:url';
import { requestsFor } from './requests.mjs';
import { type Question, serve } from './serve.ts';

type Handler = (event: object, context: { awsRequestId: string }) => Promise<{ statusCode: number; body: string }>;

const [bundle] = process.argv.slice(2) as [string];
const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };

const { request, says } = requestsFor(bundle);

async function ask(id: string, question: string | string[], context: string): Promise<unknown> {
  const event = {
    httpMethod: 'POST',
    path: '/nlp-qa',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request(question, context)),
    isBase64Encoded: false,
  };
  const { statusCode, body } = await handler(event, { awsRequestId: id });
  if (statusCode !== 200) throw new Error(`Expected status 200, got ${statusCode} ${body}`);
  return JSON.parse(body);
}

const answer = async ({ id, question, context }: Question) => ({ answer: says(await ask(id, question, context)) });

serve(
  {
    answer,
    /** The function remembers the last text. After another text, it has to tokenise this one again. */
    'answer, after another text': {
      prepare: ({ id }) => ask(id, 'What comes in between?', 'Another text comes in between.'),
      work: answer,
    },
    /** The lines of the question are many questions in one request. */
    'answer lines': {
      prepare: ({ id }) => ask(id, 'What comes in between?', 'Another text comes in between.'),
      work: async ({ id, question, context }) => {
        const answers = (await ask(id, question.split('\n'), context)) as unknown[];
        return { answer: answers.map(says).join('\n') };
      },
    },
  },
  'the function',
);
