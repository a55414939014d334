import { SHUTDOWN_MS } from '../lambda/deadlines.ts';
import type { ExtensionsApi } from '../lambda/extensions-api.ts';
import type { ShutdownNotice } from './shutdown.ts';

/** Asks Lambda for events until it says SHUTDOWN, and does nothing with the others. */
export async function shutdownEvent(api: ExtensionsApi): Promise<ShutdownNotice> {
  for (;;) {
    const event = await api.next();
    if (event.eventType === 'SHUTDOWN') return event;
  }
}

/**
 * The signal that ends a process which Lambda does not know of. Such a process has as much time as Lambda would give it.
 *
 * @param now milliseconds on a monotonic clock
 */
export function shutdownSignal(now: () => number): Promise<ShutdownNotice> {
  return new Promise((resolve) => {
    // The timer keeps the process alive, also where the port is taken and no server does.
    const timer = setInterval(() => {}, 2 ** 30);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        clearInterval(timer);
        resolve({ shutdownReason: signal, deadlineMs: now() + SHUTDOWN_MS });
      });
    }
  });
}
