import type { Recorder } from './recorder.ts';

/** A handler as Lambda calls it. */
export type Handler<E, R, C> = (event: E, context: C) => Promise<R>;

/** A handler of which every invocation is captured before its promise settles, as the handler's own does. */
export function withCapture<E, R, C>(handler: Handler<E, R, C>, recorder: Recorder<E, R, C>): Handler<E, R, C> {
  return async (event, context) => {
    const invocation = recorder.begin(event, context);
    let result: R;
    try {
      result = await handler(event, context);
    } catch (error) {
      await invocation.ended({ error });
      throw error;
    }
    await invocation.ended({ result });
    return result;
  };
}
