import * as v from 'valibot';
import type { LineOrigin } from './environment/sandbox.ts';
import type { Fault } from './environment/state-machine/lifecycle.ts';

/** How the start of the environment went. */
export interface StartReport {
  /** Why the function could not be started, in one line; undefined where it could. */
  failure: string | undefined;
  /** What the extensions logged at their start, and what the function warned of; a line each. */
  remarks: readonly string[];
}

/** How many remarks the start screen shows; the log has all of them. */
const MAX_REMARKS = 10;
const MAX_CHARACTERS = 300;

/** A line in Lambda's JSON format for logs. */
const LogLine = v.pipe(v.string(), v.parseJson(), v.looseObject({ level: v.string(), message: v.string() }));
/** Fields of such a line that the start screen does not show. */
const NOT_SHOWN = ['timestamp', 'source', 'requestId'];
const ErrorReport = v.pipe(v.string(), v.parseJson(), v.object({ errorType: v.string(), errorMessage: v.string() }));

/** Gathers what the processes log while the environment starts. */
export class StartLog {
  readonly #remarks = new Set<string>();
  #ended = false;

  add(line: string, origin: LineOrigin): void {
    // The start has failed: the lines that follow are about the shutdown.
    if (origin === 'platform' && line.startsWith('INIT_REPORT')) this.#ended = true;
    if (this.#ended || this.#remarks.size >= MAX_REMARKS) return;
    const text = remark(line, origin);
    if (text !== undefined) this.#remarks.add(text);
  }

  /** The start is over: nothing is gathered any more. */
  report(fault: Fault | 'timeout' | undefined): StartReport {
    this.#ended = true;
    return { failure: fault && failureText(fault), remarks: [...this.#remarks] };
  }
}

/** @returns undefined for a line that is not worth a place on the start screen */
export function remark(line: string, origin: LineOrigin): string | undefined {
  const { success, output } = v.safeParse(LogLine, line);
  if (!success) return undefined;
  const { level, message, ...fields } = output;
  const isWarning = ['WARN', 'ERROR', 'FATAL'].includes(level);
  if (origin === 'platform' || (origin === 'function' && !isWarning)) return undefined;
  const shown = Object.entries(fields).filter(
    ([name, value]) => !NOT_SHOWN.includes(name) && typeof value !== 'object',
  );
  const details = shown.map(([name, value]) => `${name}: ${oneLine(String(value))}`).join(', ');
  return oneLine(`${level} ${message}${details && ` (${details})`}`);
}

export function failureText(fault: Fault | 'timeout'): string {
  if (fault === 'timeout') return 'it was not ready in time';
  // The runtime's own description says more.
  const report = v.safeParse(ErrorReport, fault.payload?.toString());
  const { errorType, errorMessage } = report.success ? report.output : fault;
  return oneLine(`${errorType}: ${errorMessage}`);
}

function oneLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}
