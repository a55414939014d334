// node handler.ts FUNCTION_BUNDLE, forked: see serve.ts. The function's configuration is in its environment, as on Lambda.
import { pathToFileURL } from 'node:url';
import { serve } from './serve.ts';

type Handler = (event: object, context: { awsRequestId: string }) => Promise<{ statusCode: number; body: string }>;

const [bundle] = process.argv.slice(2) as [string];
const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };

serve(
  {
    answer: async ({ id, question, context }) => {
      const event = {
        httpMethod: 'POST',
        path: '/nlp-qa',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question, context }),
        isBase64Encoded: false,
      };
      const { statusCode, body } = await handler(event, { awsRequestId: id });
      if (statusCode !== 200) throw new Error(`Expected status 200, got ${statusCode} ${body}`);
      return JSON.parse(body) as { answer: string; score: number };
    },
  },
  'the function',
);
