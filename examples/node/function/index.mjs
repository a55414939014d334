import { captured } from 'inference-capture/middleware';

/** Counts words. Each request and its answer become a record. */
export const handler = captured(async (event) => {
  const words = JSON.parse(event.body).text.split(/\s+/).length; // here your model answers
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ words }) };
});
