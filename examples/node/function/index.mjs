// LEAD: 'inference-capture/client' in the place of the path, once the package has that name.
import { createCaptureClient } from '../../../capture/client.ts';

const capture = createCaptureClient({ port: Number(process.env.CAPTURE_PORT ?? 2772) });

export async function handler(event, context) {
  const started = performance.now();
  const answer = JSON.stringify({ words: JSON.parse(event.body).text.split(/\s+/).length }); // here your model answers
  const asJson = (data) => ({ contentType: 'application/json', encoding: 'JSON', data });
  const record = { requestId: context.awsRequestId, status: 200, latencyMs: performance.now() - started };
  const result = await capture.send({ ...record, input: asJson(event.body), output: asJson(answer) });
  return { statusCode: 200, headers: { 'x-captured': String(result.accepted) }, body: answer };
}
