/**
 * The states of one execution environment, from the start of its processes to their end, as pure data. The transitions that the runtime
 * asks for are in runtime.ts, those that the extensions ask for in extension.ts, and how long an end may take in shutdown-budget.ts.
 */
import type { LaunchError } from '../processes/launch-error.ts';

/**
 * `registering`: extensions start and register; `starting`: the runtime starts too; `idle`: all wait for an event, frozen;
 * `invoking`: runtime and extensions work on an event; `ending`: the shutdown sequence runs.
 */
export type Phase = 'registering' | 'starting' | 'idle' | 'invoking' | 'ending';
/**
 * The kinds of environments, as AWS_LAMBDA_INITIALIZATION_TYPE names them. Those of Managed Instances are never frozen, and their extensions
 * do not hear of invocations.
 */
export const INITIALIZATION_TYPES = ['on-demand', 'lambda-managed-instances'] as const;
export type InitializationType = (typeof INITIALIZATION_TYPES)[number];

export type EventType = 'INVOKE' | 'SHUTDOWN';

/** The states of an extension, by the names that Lambda's messages use. */
export type ExtensionState =
  | 'Started'
  | 'LaunchError'
  | 'Registered'
  | 'Ready'
  | 'Running'
  | 'InitError'
  | 'ExitError'
  | 'Exited';

/** The states of a runtime, by the names that Lambda's messages use. */
export type RuntimeState =
  | 'Stopped'
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'RuntimeResponseSentState'
  | 'Exited';

export interface Extension {
  name: string;
  /** The identifier that it got when it registered. */
  id?: string;
  /** External: a process of its own, from the extensions' folder. Internal: a part of the runtime's process. */
  external: boolean;
  events: readonly EventType[];
  state: ExtensionState;
  errorType?: string;
}

/** Why an environment has to end: the first thing that went wrong. */
export interface Fault {
  errorType: string;
  errorMessage: string;
  /** What the runtime itself reported, instead of the two above. */
  payload?: Buffer;
}

/** How a process ended: one of the first two is null. `launchError`: it could not even be started. */
export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
  launchError?: LaunchError;
}

export interface Lifecycle {
  initializationType: InitializationType;
  phase: Phase;
  runtime: RuntimeState;
  extensions: readonly Extension[];
  /** The invocation that the runtime may still answer. */
  requestId?: string;
  fault?: Fault;
}

/** An environment whose extensions' processes have just been started. */
export function launched(
  extensions: readonly string[],
  initializationType: InitializationType = 'on-demand',
): Lifecycle {
  return {
    initializationType,
    phase: 'registering',
    runtime: 'Stopped',
    extensions: extensions.map((name) => ({ name, external: true, events: [], state: 'Started' })),
  };
}

/** Whether the runtime may start: every external extension has registered. */
export function registrationEnded(life: Lifecycle): boolean {
  return life.extensions.every(({ external, state }) => !external || state !== 'Started');
}

/** Whether init is over: the runtime and every extension have asked for an event. */
export function initEnded(life: Lifecycle): boolean {
  return life.runtime === 'Ready' && life.extensions.every(({ state }) => state === 'Ready');
}

/** Whether an invocation is over: the runtime and every extension that heard of it have asked for the next event. */
export function invocationEnded(life: Lifecycle): boolean {
  return initEnded(life);
}

export function runtimeLaunched(life: Lifecycle): Lifecycle {
  return { ...life, phase: 'starting', runtime: 'Started' };
}

/** All wait for the next event. */
export function idle(life: Lifecycle): Lifecycle {
  const { requestId: _, ...rest } = life;
  return { ...rest, phase: 'idle' };
}

/** The extensions that wait for an event and have subscribed to this type. */
export function subscribers(life: Lifecycle, event: EventType): Extension[] {
  return life.extensions.filter(({ events, state }) => state === 'Ready' && events.includes(event));
}

/** The runtime and the INVOKE subscribers have been handed an event. */
export function invoked(life: Lifecycle, requestId: string): Lifecycle {
  const told = subscribers(life, 'INVOKE').map(({ id }) => id);
  return { ...handedOut(life, told), phase: 'invoking', runtime: 'Running', requestId };
}

/** The shutdown sequence begins with the end of the runtime: from here on no exit is a fault. The runtime may still answer. */
export function runtimeEnding(life: Lifecycle): Lifecycle {
  return { ...life, phase: 'ending' };
}

/** The shutdown sequence has reached the extensions: the runtime's answer comes too late. */
export function ending(life: Lifecycle): Lifecycle {
  const { requestId: _, ...rest } = life;
  return { ...rest, phase: 'ending' };
}

/** These extensions have been handed an event. */
export function handedOut(life: Lifecycle, ids: readonly (string | undefined)[]): Lifecycle {
  return {
    ...life,
    extensions: life.extensions.map((one) => (ids.includes(one.id) ? { ...one, state: 'Running' } : one)),
  };
}

/** Notes a fault. The first one is kept, because the later ones follow from it. */
export function failed(life: Lifecycle, fault: Fault): Lifecycle {
  return life.fault || life.phase === 'ending' ? life : { ...life, fault };
}

/** The runtime's process is gone. Outside the shutdown sequence that ends the environment, whatever its exit code. */
export function runtimeExited(life: Lifecycle, status: ExitStatus): Lifecycle {
  const exited: Lifecycle = { ...life, runtime: 'Exited' };
  const { code, launchError } = status;
  if (launchError) return failed(exited, { errorType: 'Runtime.InvalidEntrypoint', errorMessage: launchError.message });
  const errorMessage =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${exitText(status)}`;
  return failed(exited, { errorType: 'Runtime.ExitError', errorMessage });
}

/** The process of an external extension is gone. Outside the shutdown sequence that is a crash, even with exit code 0. */
export function extensionExited(life: Lifecycle, name: string, status: ExitStatus): Lifecycle {
  const { launchError } = status;
  const fault: Fault = launchError
    ? { errorType: 'Extension.LaunchError', errorMessage: launchError.message }
    : { errorType: 'Extension.Crash', errorMessage: `Extension ${name} exited with ${exitText(status)}` };
  const extensions = life.extensions.map((one): Extension => {
    if (one.name !== name || !one.external) return one;
    if (launchError) {
      const errorType = launchError.code === 'EACCES' ? 'PermissionDenied' : 'UnknownError';
      return { ...one, state: 'LaunchError', errorType };
    }
    return { ...one, state: 'Exited', ...(life.phase !== 'ending' && { errorType: fault.errorType }) };
  });
  return failed({ ...life, extensions }, fault);
}

function exitText({ code, signal }: ExitStatus): string {
  return signal === null ? `exit status ${code}` : `signal: ${signal}`;
}

/** Why an environment is told to end. */
export type ShutdownReason = 'spindown' | 'timeout' | 'failure';
