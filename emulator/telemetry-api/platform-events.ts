/** The events of the Telemetry API that Lambda itself makes, in the words of schema version 2022-12-13. */

import type { Report } from '../environment/platform-log.ts';
import type { InitializationType } from '../environment/state-machine/lifecycle.ts';

/** An event without its time, which `Telemetry` adds. The `record` of a line of a log is its text. */
export interface TelemetryEvent {
  type: string;
  record: string | object;
}

/** How something ended. */
export type Status = 'success' | 'error' | 'failure' | 'timeout';

/** Init has begun. */
export function initStart(
  initializationType: InitializationType,
  { functionName, functionVersion }: { functionName: string; functionVersion: string },
  runtimeVersion: string,
): TelemetryEvent {
  return event('initStart', { initializationType, phase: 'init', runtimeVersion, functionName, functionVersion });
}

/** The runtime has asked for its first event, or has failed to. */
export function initRuntimeDone(initializationType: InitializationType, status: Status): TelemetryEvent {
  return event('initRuntimeDone', { initializationType, phase: 'init', status });
}

/** Runtime and extensions have asked for their first event, or have failed to. */
export function initReport(initializationType: InitializationType, status: Status, durationMs: number): TelemetryEvent {
  const metrics = { durationMs: rounded(durationMs) };
  return event('initReport', { initializationType, phase: 'init', status, metrics });
}

/** An extension as it stands at the end of init. */
export function extension(name: string, state: string, events: readonly string[]): TelemetryEvent {
  return event('extension', { name, state, events });
}

export function telemetrySubscription(name: string, types: readonly string[]): TelemetryEvent {
  return event('telemetrySubscription', { name, state: 'Subscribed', types });
}

export function start(requestId: string, version: string): TelemetryEvent {
  return event('start', { requestId, version });
}

/** The runtime has asked for its next event, or has failed to. */
export function runtimeDone(
  requestId: string,
  status: Status,
  metrics: { durationMs: number; producedBytes: number },
): TelemetryEvent {
  const { durationMs, producedBytes } = metrics;
  return event('runtimeDone', { requestId, status, metrics: { durationMs: rounded(durationMs), producedBytes } });
}

/** Runtime and extensions have finished. */
export function report({ requestId, status, errorType, ...measured }: Report): TelemetryEvent {
  const { durationMs, initDurationMs, memoryMb, peakMemoryBytes } = measured;
  return event('report', {
    requestId,
    status: status ?? 'success',
    ...(errorType !== undefined && { errorType }),
    metrics: {
      durationMs: rounded(durationMs),
      billedDurationMs: Math.ceil(durationMs + (initDurationMs ?? 0)),
      memorySizeMB: memoryMb,
      maxMemoryUsedMB: Math.ceil(peakMemoryBytes / 1024 / 1024),
      ...(initDurationMs !== undefined && { initDurationMs: rounded(initDurationMs) }),
    },
  });
}

/** A line that a process has written. */
export function logLine(type: 'function' | 'extension', line: string): TelemetryEvent {
  return { type, record: line };
}

/** A subscriber did not take its events, and more waited than may. */
export function logsDropped(droppedRecords: number, droppedBytes: number): TelemetryEvent {
  const reason = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';
  return event('logsDropped', { reason, droppedRecords, droppedBytes });
}

function event(name: string, record: object): TelemetryEvent {
  return { type: `platform.${name}`, record };
}

/** To microseconds, as Lambda's numbers are. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
