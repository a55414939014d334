import type { Ports } from './emulator.ts';
import type { FunctionTemplate } from './template/template.ts';

const QUESTION = '{"question":"Where do I live?","context":"My name is Wolfgang and I live in Berlin."}';

/**
 * What is told when everything runs. Programs read it too: `API Gateway http://...`, `Lambda http://...`, `S3 http://...`,
 * `Extension http://...`, a line each.
 *
 * @param objects the folder of S3's objects
 */
export function readyMessage(template: FunctionTemplate, ports: Ports, objects: string): string {
  const { routes, buckets, functionName } = template;
  const path = routes[0]?.path ?? '/';
  return `
API Gateway http://127.0.0.1:${ports.rest}${path}
Lambda http://127.0.0.1:${ports.invoke}
S3 http://127.0.0.1:${ports.s3}
Extension http://127.0.0.1:${ports.capture}

Ask ${functionName} a question:
  curl -s localhost:${ports.rest}${path} -d '${QUESTION}'
The records appear in ${objects}/${buckets[0] ?? ''}. Ctrl-C delivers what is left, and ends.
`;
}
