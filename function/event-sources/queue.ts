import * as v from 'valibot';
import { type Sender, senderOf } from '../../capture/sender.ts';

/** The messages of an SQS event. */
export interface QueueBatch {
  /** In the order of the queue; the text of each is a request. */
  messages: { id: string; text: string; sender: Sender }[];
  /** Whether the queue is FIFO. Then every message after one that failed fails as well. */
  inOrder: boolean;
}

/** The partial batch response: SQS delivers these messages again, or moves them to the dead-letter queue. */
export interface QueueResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

const Batch = v.pipe(
  v.object({
    Records: v.pipe(
      v.array(
        v.looseObject({
          eventSource: v.literal('aws:sqs'),
          eventSourceARN: v.optional(v.string(), ''),
          messageId: v.string(),
          body: v.string(),
        }),
      ),
      v.minLength(1),
    ),
  }),
  v.transform(
    ({ Records }): QueueBatch => ({
      messages: Records.map((record) => ({ id: record.messageId, text: record.body, sender: senderOf(record) })),
      inOrder: Records[0]!.eventSourceARN.endsWith('.fifo'),
    }),
  ),
);

/** The batch of an SQS event. Undefined: the event is of another source. */
export function readBatch(event: unknown): QueueBatch | undefined {
  const result = v.safeParse(Batch, event);
  return result.success ? result.output : undefined;
}

/**
 * Answers the messages of a batch one after the other, as long as there is time. The first is answered in any case.
 *
 * @param answer answers one message, and resolves to whether it must be delivered again
 * @param isTime whether there is time for another
 */
export async function answerBatch(
  { messages, inOrder }: QueueBatch,
  answer: (text: string, sender: Sender) => Promise<boolean>,
  isTime: () => boolean,
): Promise<QueueResponse> {
  const failures: QueueResponse['batchItemFailures'] = [];
  for (const [i, { id, text, sender }] of messages.entries()) {
    const isDue = i === 0 || (isTime() && !(inOrder && failures.length > 0));
    if (!isDue || (await answer(text, sender))) failures.push({ itemIdentifier: id });
  }
  return { batchItemFailures: failures };
}
