import type { Ports } from './emulator.ts';
import type { StartReport } from './start-report.ts';
import type { FunctionTemplate } from './template/template.ts';

const QUESTION = '{"question":"Where do I live?","context":"My name is Wolfgang and I live in Berlin."}';

export interface Ready {
  template: Pick<FunctionTemplate, 'functionName' | 'routes' | 'buckets'>;
  ports: Ports;
  /** The folder of S3's objects. */
  objects: string;
  /** Whether the environment is frozen between invocations. */
  freezes: boolean;
  start: StartReport;
}

/**
 * What is told when everything listens, and the environment has started or failed to. Programs read it too: `API Gateway http://...`,
 * `Lambda http://...`, `S3 http://...`, `Extension http://...`, a line each.
 */
export function readyMessage({ template, ports, objects, freezes, start }: Ready): string {
  const { routes, buckets, functionName } = template;
  const path = routes[0]?.path ?? '/';
  const frozen = freezes
    ? ' (during an invocation; between invocations its environment is frozen, and it does not answer)'
    : '';
  const remarks =
    start.remarks.length > 0 ? ['', 'Said at the start:', ...start.remarks.map((line) => `  ${line}`)] : [];
  const next =
    start.failure === undefined
      ? [`Ask ${functionName} a question:`, `  curl -s localhost:${ports.rest}${path} -d '${QUESTION}'`]
      : [
          `${functionName} failed to start: ${start.failure}`,
          'Each request starts it anew, and gets an error while that fails.',
        ];
  return [
    '',
    `API Gateway http://127.0.0.1:${ports.rest}${path}`,
    `Lambda http://127.0.0.1:${ports.invoke}`,
    `S3 http://127.0.0.1:${ports.s3}`,
    `Extension http://127.0.0.1:${ports.capture}${frozen}`,
    ...remarks,
    '',
    ...next,
    `S3's objects are files in ${objects}/${buckets[0] ?? ''}. Ctrl-C delivers what is left, and ends.`,
    '',
  ].join('\n');
}
