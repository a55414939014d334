import type { Invocation, Recorder } from './recorder.ts';

/** What is used of Middy's request. */
export interface MiddyRequest<E, R, C> {
  event: E;
  context: C;
  response?: R | null | undefined;
  error?: unknown;
}

/** The hooks of a middleware for Middy. None of them returns anything, so that the other middlewares go on. */
export interface CapturedMiddleware<E, R, C> {
  before(request: MiddyRequest<E, R, C>): void;
  after(request: MiddyRequest<E, R, C>): Promise<void>;
  onError(request: MiddyRequest<E, R, C>): Promise<void>;
}

/** @param recorder undefined where nothing is captured */
export function middlewareOf<E, R, C>(recorder: Recorder<E, R, C> | undefined): CapturedMiddleware<E, R, C> {
  const running = new WeakMap<object, Invocation<R>>();
  const ended = new WeakSet<object>();

  /** An invocation whose `before` an earlier middleware has kept from running begins where it ends. It ends once: an error in a later hook makes no second record. */
  function invocationOf(request: MiddyRequest<E, R, C>): Invocation<R> | undefined {
    const invocation = ended.has(request)
      ? undefined
      : (running.get(request) ?? recorder?.begin(request.event, request.context));
    ended.add(request);
    return invocation;
  }

  return {
    before(request) {
      if (recorder !== undefined) running.set(request, recorder.begin(request.event, request.context));
    },
    async after(request) {
      await invocationOf(request)?.ended({ result: request.response as R });
    },
    async onError(request) {
      await invocationOf(request)?.ended({ error: request.error, result: request.response ?? undefined });
    },
  };
}
