import * as v from 'valibot';

/** The messages of an event of SQS. */
export interface QueueBatch {
  /** In the order of the queue; the text of each is a request. */
  messages: { id: string; text: string }[];
  /** Whether a message must not overtake another: then what comes after one that failed fails as well. */
  inOrder: boolean;
}

/** What SQS is told: these messages come again, or go to the dead-letter queue. */
export interface QueueAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

const Batch = v.pipe(
  v.object({
    Records: v.pipe(
      v.array(
        v.object({
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
      messages: Records.map(({ messageId, body }) => ({ id: messageId, text: body })),
      inOrder: Records[0]!.eventSourceARN.endsWith('.fifo'),
    }),
  ),
);

/** Undefined where the event is none of SQS. */
export function readBatch(event: unknown): QueueBatch | undefined {
  const result = v.safeParse(Batch, event);
  return result.success ? result.output : undefined;
}

/**
 * Takes the messages of a batch one after the other, as long as there is time; the first in any case.
 *
 * @param take takes one message, and resolves to whether it must come again
 * @param isTime whether there is time for another
 */
export async function takeBatch(
  { messages, inOrder }: QueueBatch,
  take: (text: string) => Promise<boolean>,
  isTime: () => boolean,
): Promise<QueueAnswer> {
  const failures: QueueAnswer['batchItemFailures'] = [];
  for (const [i, { id, text }] of messages.entries()) {
    const taken = i === 0 || (isTime() && !(inOrder && failures.length > 0));
    if (!taken || (await take(text))) failures.push({ itemIdentifier: id });
  }
  return { batchItemFailures: failures };
}
