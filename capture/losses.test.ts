import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { CaptureClient } from './client.ts';
import { EXAMPLE_RECORD } from './fixtures/example-record.ts';
import { ACCEPT, answer, BREAKER, client, receiver } from './fixtures/receiver.ts';
import { InferenceRecord } from './record.ts';
import { type LostBefore, MAX_BODY_BYTES } from './wire.ts';

describe('what could not be handed over', () => {
  const told = (body: string | undefined) => JSON.parse(body!).lostBefore;
  const total = ({ counts = [] }: LostBefore) => {
    const sums: Record<string, number> = {};
    for (const [reason, records] of counts.flatMap(({ id, ...each }) => Object.entries(each))) {
      sums[reason] = (sums[reason] ?? 0) + records;
    }
    return sums;
  };
  const sendId = (capture: CaptureClient, eventId: string) => capture.send({ ...EXAMPLE_RECORD, eventId });

  test('is told with every record until one is accepted: by id where only the receiver knows, else by count', async () => {
    const answers = [undefined, '{"error":{"code":"SPOOL_FULL"}}', '{"accepted":1}', '{"accepted":1}'];
    const { port, bodies } = await receiver((_, response) => {
      const body = answers[bodies.length - 1];
      if (body !== undefined) answer(response, body.includes('error') ? 503 : 202, body);
    });
    const capture = client({ port, timeoutMs: 1000 });
    await sendId(capture, 'hangs');
    await capture.send({ ...EXAMPLE_RECORD, input: { ...EXAMPLE_RECORD.input, data: 1n as unknown as string } });
    for (const eventId of ['refused', 'accepted', 'later']) await sendId(capture, eventId);

    const lostBefore = {
      counts: [{ id: expect.any(String), invalid: 1 }],
      unanswered: [{ eventId: 'hangs', reason: 'timeout' }],
    };
    expect(bodies.map(told)).toEqual([undefined, lostBefore, lostBefore, undefined]);
    expect(told(bodies[2]).counts).toEqual(told(bodies[1]).counts);
  });

  test('and is sent again is not told by the very record', async () => {
    let hangs = true;
    const { port, bodies } = await receiver((request, response) => hangs || ACCEPT(request, response));
    const capture = client({ port, timeoutMs: 500 });
    await sendId(capture, 'a');
    hangs = false;
    for (const eventId of ['a', 'b']) expect(await sendId(capture, eventId)).toMatchObject({ accepted: true });
    expect(bodies.map(told)).toEqual([undefined, undefined, undefined]);
  });

  test.each(['', 'x'.repeat(257), 7 as unknown as string])(
    'spoils no other record by an id that is none: %j',
    async (eventId) => {
      let breaks = true;
      const { port, bodies } = await receiver((request, response) => {
        if (breaks) request.socket.destroy();
        else ACCEPT(request, response);
      });
      const capture = client({ port });
      expect(await sendId(capture, eventId)).toMatchObject({ reason: 'unreachable' });
      breaks = false;
      await sendId(capture, 'next');
      expect(total(v.parse(InferenceRecord, JSON.parse(bodies.at(-1)!)).lostBefore!)).toEqual({ unreachable: 1 });
    },
  );

  test('is left to the next record by one for which there would be no room', async () => {
    let breaks = true;
    const { port, bodies } = await receiver((request, response) => {
      if (breaks) request.socket.destroy();
      else ACCEPT(request, response);
    });
    const capture = client({ port });
    await sendId(capture, 'lost');
    breaks = false;
    const input = { ...EXAMPLE_RECORD.input, data: 'x'.repeat(MAX_BODY_BYTES - 1000) };
    expect(await capture.send({ ...EXAMPLE_RECORD, eventId: 'large', input })).toMatchObject({ accepted: true });
    await sendId(capture, 'next');
    const unanswered = [{ eventId: 'lost', reason: 'unreachable' }];
    expect(bodies.map(told)).toEqual([undefined, undefined, { unanswered }]);
  });

  test('is told by ids up to a number, and by count beyond', async () => {
    let breaks = true;
    const { port, bodies } = await receiver((request, response) => {
      if (breaks) request.socket.destroy();
      else ACCEPT(request, response);
    });
    const capture = client({ port });
    await Promise.all(Array.from({ length: 80 }, (_, i) => sendId(capture, `${i}`)));
    breaks = false;
    await sendId(capture, 'last');
    const lostBefore = v.parse(InferenceRecord, JSON.parse(bodies.at(-1)!)).lostBefore!;
    expect(lostBefore.unanswered).toHaveLength(64);
    expect(total(lostBefore)).toEqual({ unreachable: 16 });
  });

  test('because nobody listens or the breaker is open is told when there is somebody', async () => {
    const { port, close } = await receiver(ACCEPT);
    close();
    let nowMs = 0;
    const capture = client({ port, breaker: BREAKER, now: () => nowMs });
    for (let i = 0; i < 5; i++) await sendId(capture, `${i}`);
    const { bodies } = await receiver(ACCEPT, port);
    nowMs = 1000;
    expect(await sendId(capture, 'back')).toMatchObject({ accepted: true });
    expect(total(told(bodies[0]))).toEqual({ unreachable: 2, skipped: 3 });
  });
});
