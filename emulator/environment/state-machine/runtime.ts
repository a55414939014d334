import { failed, type Lifecycle } from './lifecycle.ts';
import { NOT_ALLOWED, Refusal } from './refusal.ts';

/** The most that a function may answer, in bytes. */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * GET /runtime/invocation/next. A runtime that is `Running` gets its event once more and stays so.
 *
 * @throws {Refusal} 403 InvalidStateTransition
 */
export function runtimeNext(life: Lifecycle): Lifecycle {
  switch (life.runtime) {
    case 'Running':
      return life;
    case 'Started':
    case 'Ready':
    case 'RuntimeResponseSentState':
      return { ...life, runtime: 'Ready' };
    default:
      throw notAllowed(life, 'Ready');
  }
}

/**
 * POST /runtime/invocation/{id}/response or /error.
 *
 * @throws {Refusal} 400 InvalidRequestID, 403 InvalidStateTransition
 */
export function runtimeAnswer(life: Lifecycle, requestId: string, kind: 'response' | 'error'): Lifecycle {
  if (life.requestId === undefined || life.requestId !== requestId) {
    throw new Refusal(400, 'InvalidRequestID', 'Invalid request ID');
  }
  if (life.runtime !== 'Running') {
    throw notAllowed(life, kind === 'response' ? 'InvocationResponse' : 'InvocationErrorResponse');
  }
  return { ...life, runtime: 'RuntimeResponseSentState' };
}

/**
 * POST /runtime/init/error.
 *
 * @param errorType the header `Lambda-Runtime-Function-Error-Type`, as it was sent
 * @param payload the runtime's own description of the error, which the caller gets
 * @throws {Refusal} 403 InvalidStateTransition
 */
export function runtimeInitError(life: Lifecycle, errorType: string | undefined, payload: Buffer): Lifecycle {
  if (life.runtime !== 'Started') throw notAllowed(life, 'InitError');
  return failed(
    { ...life, runtime: 'InitError' },
    { errorType: validErrorType(errorType), errorMessage: 'The function failed to start', payload },
  );
}

/** Whether the runtime has answered the invocation, or already waits for the next one. */
export function runtimeAnswered(life: Lifecycle): boolean {
  return life.runtime === 'RuntimeResponseSentState' || life.runtime === 'Ready';
}

/** The type as it is where it is `Runtime.X` or `Function.X`; another `Function.` becomes `Function.Unknown`, anything else `Runtime.Unknown`. */
export function validErrorType(type: string | undefined): string {
  if (type !== undefined && /^(Runtime|Function)\.[A-Z][a-zA-Z]+$/.test(type)) return type;
  return type?.startsWith('Function.') ? 'Function.Unknown' : 'Runtime.Unknown';
}

function notAllowed(life: Lifecycle, to: string): Refusal {
  return new Refusal(
    403,
    'InvalidStateTransition',
    `State transition from ${life.runtime} to ${to} failed for runtime. Error: ${NOT_ALLOWED}`,
  );
}
