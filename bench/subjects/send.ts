// node send.ts CAPTURE_CLIENT_BUNDLE PORT, forked: the capture client as a subject, see serve.ts
import { pathToFileURL } from 'node:url';
import type { CaptureClient, createCaptureClient } from '../../capture/client.ts';
import { WITHOUT_CONTEXT } from '../exchange.ts';
import { serve } from './serve.ts';

const [bundle, port] = process.argv.slice(2) as [string, string];
const module = (await import(pathToFileURL(bundle).href)) as { createCaptureClient: typeof createCaptureClient };
const client: CaptureClient = module.createCaptureClient({ port: Number(port) });

serve(
  {
    send: async ({ id, question, context }) => {
      const data = JSON.stringify({ question, context });
      const input = { ...WITHOUT_CONTEXT.input, data };
      const sent = await client.send({ ...WITHOUT_CONTEXT, requestId: id, input });
      if (!sent.accepted) throw new Error(`Expected an accepted record, got ${JSON.stringify(sent)}`);
      return { answer: sent.eventId };
    },
  },
  'the capture client',
);
