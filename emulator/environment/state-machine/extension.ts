import { type EventType, type Extension, type ExtensionState, failed, type Lifecycle } from './lifecycle.ts';
import { CONCURRENT, NOT_ALLOWED, Refusal } from './refusal.ts';

const MAX_EXTENSIONS = 10;
const EVENTS: readonly string[] = ['INVOKE', 'SHUTDOWN'] satisfies EventType[];

/**
 * POST /extension/register. An extension whose name is not that of an external one becomes an internal one.
 *
 * @param id the identifier that the extension gets
 * @throws {Refusal} 403 with the error types of the Extensions API
 */
export function register(life: Lifecycle, name: string, events: readonly string[], id: string): Lifecycle {
  const known = life.extensions.find((one) => one.name === name);
  const external = known?.external ?? false;
  for (const event of events) {
    if (!EVENTS.includes(event)) throw refused('InvalidEventType', `${event}: ErrorInvalidEventType`);
    if (event === 'INVOKE' && life.initializationType === 'lambda-managed-instances') {
      throw refused('InvalidEventType', `${event}: InvokeEventNotSupportedForManagedInstances`);
    }
    if (!external && event === 'SHUTDOWN') {
      throw refused('InvalidEventType', `${event}: ShutdownEventNotSupportedForInternalExtension`);
    }
  }
  if (known && !external) throw refused('InvalidExtensionState', 'Extension with this name already registered');
  if (life.phase !== 'registering' && life.phase !== 'starting') {
    throw refused('RegistrationClosed', 'Extension registration closed already');
  }
  if (known && known.state !== 'Started') throw transition(known, 'Registered', name, NOT_ALLOWED);
  if (!known && life.extensions.length >= MAX_EXTENSIONS) {
    throw refused('TooManyExtensions', `Extension limit (${MAX_EXTENSIONS}) reached`);
  }
  const registered: Extension = { name, id, external, events: events as EventType[], state: 'Registered' };
  return { ...life, extensions: [...life.extensions.filter((one) => one !== known), registered] };
}

/**
 * The extension that has an identifier.
 *
 * @throws {Refusal} 403 Extension.Missing-, Invalid- or UnknownExtensionIdentifier
 */
export function identified(life: Lifecycle, id: string | undefined): Extension & { id: string } {
  if (id === undefined || id === '') {
    throw refused('MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header');
  }
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw refused('InvalidExtensionIdentifier', 'Invalid Lambda-Extension-Identifier');
  }
  const extension = life.extensions.find((one) => one.id === id.toLowerCase());
  if (!extension) throw refused('UnknownExtensionIdentifier', `Unknown extension ${id}`);
  return { ...extension, id: id.toLowerCase() };
}

/**
 * GET /extension/event/next.
 *
 * @throws {Refusal} 403 Extension.InvalidExtensionState, above all while another /next is pending
 */
export function extensionNext(life: Lifecycle, id: string): Lifecycle {
  const extension = identified(life, id);
  if (extension.state === 'Ready') throw transition(extension, 'Ready', id, CONCURRENT);
  if (extension.state !== 'Registered' && extension.state !== 'Running') {
    throw transition(extension, 'Ready', id, NOT_ALLOWED);
  }
  return moved(life, id, { state: 'Ready' });
}

/**
 * POST /extension/init/error.
 *
 * @throws {Refusal} 403 Extension.InvalidExtensionState
 */
export function extensionInitError(life: Lifecycle, id: string, errorType: string): Lifecycle {
  const extension = identified(life, id);
  if (extension.state !== 'InitError' && extension.state !== 'Registered') {
    throw transition(extension, 'InitError', id, extension.state === 'Ready' ? CONCURRENT : NOT_ALLOWED);
  }
  return reported(life, extension, 'InitError', errorType);
}

/**
 * POST /extension/exit/error. It may be repeated.
 *
 * @throws {Refusal} 403 Extension.InvalidExtensionState, while a /next is pending
 */
export function extensionExitError(life: Lifecycle, id: string, errorType: string): Lifecycle {
  const extension = identified(life, id);
  if (extension.state === 'Ready') throw transition(extension, 'Exited', id, CONCURRENT);
  return reported(life, extension, 'ExitError', errorType);
}

function reported(life: Lifecycle, { id, name }: Extension & { id: string }, state: ExtensionState, errorType: string) {
  const type = /^Extension\.[A-Z][a-zA-Z]+$/.test(errorType) ? errorType : `Extension.${state}`;
  const errorMessage = `Extension ${name} reported ${errorType}`;
  return failed(moved(life, id, { state, errorType: type }), { errorType: type, errorMessage });
}

function moved(life: Lifecycle, id: string, to: Partial<Extension>): Lifecycle {
  return { ...life, extensions: life.extensions.map((one) => (one.id === id ? { ...one, ...to } : one)) };
}

function transition({ state }: Extension, to: string, name: string, error: string): Refusal {
  return refused(
    'InvalidExtensionState',
    `State transition from ${state} to ${to} failed for extension ${name}. Error: ${error}`,
  );
}

function refused(type: string, message: string): Refusal {
  return new Refusal(403, `Extension.${type}`, message);
}
