import type { Ports } from './emulator.ts';
import type { StartReport } from './start-report.ts';
import type { FunctionTemplate } from './template/template.ts';

export interface Ready {
  template: Pick<FunctionTemplate, 'functionName' | 'routes' | 'buckets'> & {
    local: Pick<FunctionTemplate['local'], 'sample'>;
  };
  /** The body of the request to try; absent: it has none. */
  body: string | undefined;
  ports: Ports;
  /** The ports of the programs in the environment, by name. */
  environmentPorts: Readonly<Record<string, number>>;
  /** The folder of S3's objects. */
  objects: string;
  /** Whether the environment is frozen between invocations. */
  freezes: boolean;
  start: StartReport;
}

/**
 * What the emulator prints when everything listens, and the environment has started or failed to. Programs read it too: a line each of
 * `API Gateway http://...`, `Lambda http://...`, `S3 http://...`, and `NAME http://...` for every port that the template names.
 */
export function readyMessage({ template, body, ports, environmentPorts, objects, freezes, start }: Ready): string {
  const { routes, buckets, functionName } = template;
  const frozen = freezes
    ? ' (during an invocation; between invocations its environment is frozen, and it does not answer)'
    : '';
  const remarks =
    start.remarks.length > 0 ? ['', 'Said at the start:', ...start.remarks.map((line) => `  ${line}`)] : [];
  const next =
    start.failure === undefined
      ? [`Try ${functionName}:`, `  ${sampleCommand(template, body, ports)}`]
      : [
          `${functionName} failed to start: ${start.failure}`,
          'Each request tries to start it again, and gets an error until that works.',
        ];
  return [
    '',
    `API Gateway http://127.0.0.1:${ports.rest}${routes[0]?.path ?? '/'}`,
    `Lambda http://127.0.0.1:${ports.invoke}`,
    `S3 http://127.0.0.1:${ports.s3}`,
    ...Object.entries(environmentPorts).map(([name, port]) => `${name} http://127.0.0.1:${port}${frozen}`),
    ...remarks,
    '',
    ...next,
    `S3's objects are files in ${objects}/${buckets[0] ?? ''}. Ctrl-C shuts the environment down as Lambda does, and ends.`,
    '',
  ].join('\n');
}

/** A request for a shell: of the template's first route, or where there is none, of the Invoke API. */
function sampleCommand({ local, routes, functionName }: Ready['template'], body: Ready['body'], ports: Ports): string {
  const [route = { method: 'POST', path: `/2015-03-31/functions/${functionName}/invocations` }] = routes;
  const port = routes.length > 0 ? ports.rest : ports.invoke;
  const { path = route.path } = local.sample;
  const data = body === undefined ? '' : ` -d '${body.replaceAll("'", "'\\''")}'`;
  const implied = body === undefined ? 'GET' : 'POST';
  const method = ['ANY', implied].includes(route.method) ? '' : ` -X ${route.method}`;
  return `curl -s${method} localhost:${port}${path}${data}`;
}
