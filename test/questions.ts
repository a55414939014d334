import type { EmulatorProcess } from './emulator-process.ts';

/** The answer to a question. */
export interface Asked {
  status: number;
  body: { answer?: string; error?: { code: string } };
  /** The id of the record; null where the function did not answer or the record was not accepted. */
  eventId: string | null;
}

/** Asks a question through API Gateway. The answer is `city`. */
export async function ask({ urls }: EmulatorProcess, city = 'Berlin'): Promise<Asked> {
  const response = await fetch(urls.rest, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'Where do I live?', context: `My name is Wolfgang and I live in ${city}.` }),
    signal: AbortSignal.timeout(30_000),
  });
  return {
    status: response.status,
    body: (await response.json()) as Asked['body'],
    eventId: response.headers.get('x-capture-event-id'),
  };
}
