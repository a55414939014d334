import { isCustom } from '../template/runtime.ts';
import { ACCOUNT_ID, type FunctionTemplate, REGION } from '../template/template.ts';
import { VERSION } from './platform-log.ts';
import type { InitializationType } from './state-machine/lifecycle.ts';

/** What the environment variables of function and extensions are made of. The emulator's own environment is no part of it. */
export interface VariableSources {
  template: Pick<FunctionTemplate, 'functionName' | 'handler' | 'runtime' | 'memoryMb' | 'variables'>;
  /** `host:port` of this environment's Runtime and Extensions API. */
  runtimeApi: string;
  /** Folders, absolute. `tmp` stands for the environment's own /tmp. */
  taskRoot: string;
  tmp: string;
  /** The folder of the `node` to run on. */
  nodeFolder: string;
  /** Where the embedded S3 is. */
  s3Url: string;
  /** Variables for this machine only, laid over the template's. */
  local: Readonly<Record<string, string>>;
  logStreamName: string;
  /** @default on-demand */
  initializationType?: InitializationType | undefined;
  /** Laid over everything. */
  overlay: Readonly<Record<string, string>>;
}

/** The home of Lambda's user. The folder is not there, and only root could make it. */
const LAMBDA_HOME = '/home/sbx_user1051';

/** The variables of the handler, its log and X-Ray. Extensions do not get them. */
const WITHHELD = [
  '_HANDLER',
  'LAMBDA_TASK_ROOT',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_XRAY_CONTEXT_MISSING',
];

/** The environment of the runtime's process: Lambda's own variables, the template's, and the local addresses and folders. */
export function functionVariables(sources: VariableSources): Record<string, string> {
  const { template, s3Url, local, tmp, overlay } = sources;
  return {
    ...lambdaVariables(sources),
    ...template.variables,
    AWS_ENDPOINT_URL_S3: s3Url,
    TMPDIR: tmp,
    ...local,
    ...overlay,
  };
}

/** The environment of an extension's process: the function's, without the variables that Lambda withholds. */
export function extensionVariables(sources: VariableSources): Record<string, string> {
  return Object.fromEntries(Object.entries(functionVariables(sources)).filter(([name]) => !WITHHELD.includes(name)));
}

/** The ARN of the function on this machine. */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${functionName}`;
}

function lambdaVariables(sources: VariableSources): Record<string, string> {
  const { template, runtimeApi, taskRoot, nodeFolder, logStreamName, initializationType } = sources;
  const { runtime } = template;
  return {
    _HANDLER: template.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    // Lambda names the runtime that it provides, and none where the function brings its own.
    ...(runtime !== undefined && !isCustom(runtime) && { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: template.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(template.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType ?? 'on-demand',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${template.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // The embedded S3 checks no signature, but the SDK does not send without credentials.
    AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL0',
    AWS_SECRET_ACCESS_KEY: 'local-secret-access-key',
    AWS_SESSION_TOKEN: 'local-session-token',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // As on Lambda, but with the folder of `node` instead of /var/lang/bin.
    PATH: [nodeFolder, '/usr/local/bin', '/usr/bin', '/bin', '/opt/bin'].join(':'),
    LD_LIBRARY_PATH: [taskRoot, `${taskRoot}/lib`, '/opt/lib'].join(':'),
    // Lambda sets no HOME. Here a program without one would look up its user, and read that person's ~/.aws and ~/.netrc.
    HOME: LAMBDA_HOME,
  };
}
