import { ACCOUNT_ID, type FunctionTemplate, REGION } from '../template/template.ts';
import type { InitializationType } from './lifecycle.ts';
import { VERSION } from './platform-log.ts';

/** What the environment variables of function and extensions depend on. */
export interface VariableSources {
  template: Pick<FunctionTemplate, 'functionName' | 'handler' | 'memoryMb' | 'variables'>;
  /** `host:port` of this environment's Runtime and Extensions API. */
  runtimeApi: string;
  /** Folders, absolute. `tmp` stands for the environment's own /tmp. */
  taskRoot: string;
  tmp: string;
  /** Where the embedded S3 is. */
  s3Url: string;
  /** Where the extension is to listen. */
  capturePort: number;
  logStreamName: string;
  /** @default on-demand */
  initializationType?: InitializationType | undefined;
  /** The PATH to pass on. */
  path: string;
  /** Laid over everything. */
  overlay: Readonly<Record<string, string>>;
}

/** The environment of the runtime's process, as Lambda sets it, and the addresses of what is local. */
export function functionVariables(sources: VariableSources): Record<string, string> {
  const { template, taskRoot, logStreamName } = sources;
  return {
    ...common(sources),
    _HANDLER: template.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${template.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...configured(sources),
  };
}

/** The environment of an extension's process: Lambda withholds what belongs to the handler, its log and X-Ray. */
export function extensionVariables(sources: VariableSources): Record<string, string> {
  return { ...common(sources), ...configured(sources) };
}

/** The ARN of the function, as a caller of this machine knows it. */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${functionName}`;
}

function common({ template, runtimeApi, path, initializationType }: VariableSources): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: template.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(template.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType ?? 'on-demand',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // The embedded S3 checks no signature, but the SDK does not send without credentials.
    AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL0',
    AWS_SECRET_ACCESS_KEY: 'local-secret-access-key',
    AWS_SESSION_TOKEN: 'local-session-token',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: path,
  };
}

function configured({ template, s3Url, capturePort, tmp, overlay }: VariableSources): Record<string, string> {
  return {
    ...template.variables,
    AWS_ENDPOINT_URL_S3: s3Url,
    CAPTURE_PORT: String(capturePort),
    CAPTURE_SPOOL_DIR: `${tmp}/inference-capture`,
    TMPDIR: tmp,
    ...overlay,
  };
}
