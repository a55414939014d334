// node send.ts CAPTURE_CLIENT_BUNDLE PORT, forked: see serve.ts
import { pathToFileURL } from 'node:url';
import type { CaptureClient, createCaptureClient } from '../../capture/client.ts';
import { serve } from './serve.ts';

const [bundle, port] = process.argv.slice(2) as [string, string];
const module = (await import(pathToFileURL(bundle).href)) as { createCaptureClient: typeof createCaptureClient };
const client: CaptureClient = module.createCaptureClient({ port: Number(port) });

serve(
  {
    send: async ({ id, question, context }) => {
      const sent = await client.send({
        requestId: id,
        input: { contentType: 'application/json', encoding: 'JSON', data: JSON.stringify({ question, context }) },
        output: {
          contentType: 'application/json',
          encoding: 'JSON',
          data: '{"answer":"1887","score":0.9,"start":60,"end":64}',
        },
        status: 200,
        latencyMs: 30.1,
        modelDigest: '0'.repeat(64),
        coldStart: false,
      });
      if (!sent.accepted) throw new Error(`The extension did not take a record: ${JSON.stringify(sent)}`);
      return { answer: sent.eventId };
    },
  },
  'the capture client',
);
