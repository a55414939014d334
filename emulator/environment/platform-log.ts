/** The lines that Lambda itself writes to a function's log, as CloudWatch shows them. */
import type { Extension, Fault } from './state-machine/lifecycle.ts';

export const VERSION = '$LATEST';

export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: ${VERSION}`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export interface Report {
  requestId: string;
  /** From the event until runtime and extensions had all asked for the next one. */
  durationMs: number;
  memoryMb: number;
  peakMemoryBytes: number;
  /** Of the first invocation only, and only after an init that was not part of it. It is billed too. */
  initDurationMs?: number | undefined;
  traceId?: string | undefined;
  status?: 'timeout' | 'error';
  errorType?: string | undefined;
}

export function reportLine(report: Report): string {
  const { requestId, durationMs, memoryMb, initDurationMs, status, errorType } = report;
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initDurationMs ?? 0))} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(report.peakMemoryBytes > 0 ? [`Max Memory Used: ${Math.ceil(report.peakMemoryBytes / 1024 / 1024)} MB`] : []),
    ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
    ...(status ? [`Status: ${status}`] : []),
    ...(errorType ? [`Error Type: ${errorType}`] : []),
  ].join('\t');
}

export function initStartLine(nodeVersion: string): string {
  return `INIT_START Runtime Version: nodejs:${nodeVersion}`;
}

/** Written when an init failed or took too long. */
export function initReportLine(durationMs: number, phase: 'init' | 'invoke', fault: Fault | 'timeout'): string {
  const line = `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}`;
  return fault === 'timeout' ? `${line}\tStatus: timeout` : `${line}\tStatus: error\tError Type: ${fault.errorType}`;
}

export function extensionLine({ name, state, events, errorType }: Extension): string {
  const line = `EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(', ')}]`;
  return errorType ? `${line}\tError Type: ${errorType}` : line;
}

/** `Task timed out after 30.00 seconds` */
export function timeoutText(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}
