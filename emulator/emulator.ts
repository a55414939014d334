import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildRestApi } from './api-gateway/rest-api.ts';
import { systemClock } from './environment/clock.ts';
import { Environment, type EnvironmentOptions } from './environment/environment.ts';
import { VERSION } from './environment/platform-log.ts';
import { findPrograms, runtimeProgram } from './environment/programs.ts';
import type { InitializationType } from './environment/state-machine/lifecycle.ts';
import { extensionVariables, functionArn, functionVariables } from './environment/variables.ts';
import { freePort, listen } from './http/listen.ts';
import { buildInvokeApi } from './invoke-api/invoke-api.ts';
import { asStartError, makeFolder } from './machine.ts';
import { buildS3 } from './s3/s3.ts';
import { StartLog, type StartReport } from './start-report.ts';
import { ACCOUNT_ID, type FunctionTemplate } from './template/template.ts';

export interface EmulatorOptions {
  template: FunctionTemplate;
  /** The folder that the template's paths start from. */
  templateFolder: string;
  /** The folder that keeps S3's objects and the environment's /tmp. */
  local: string;
  /** Ports of this machine; 0 is any free one. */
  ports: Ports;
  /** Laid over the environment of function and extensions. */
  env: Readonly<Record<string, string>>;
  /** Whether extensions can subscribe to the Telemetry API. @default true */
  telemetry?: boolean;
  /** @default on-demand */
  initializationType?: InitializationType;
  /** How long the environment may take to get ready. @default 10000 */
  initTimeoutMs?: number;
  /** For every line that Lambda, the function and the extensions write. */
  log(line: string): void;
}

export interface Ports {
  rest: number;
  invoke: number;
  s3: number;
  capture: number;
}

export interface Emulator {
  /** The ports that were taken. */
  ports: Ports;
  /** Resolves when the environment is initialised, or has failed to, or the emulator is closed before. */
  ready: Promise<StartReport>;
  /** Ends the environment as Lambda does, and then everything else. */
  close(): Promise<void>;
}

/**
 * Starts S3, the function's environment, API Gateway and the Invoke API; returns when all of them
 * listen, while the environment is being initialised.
 *
 * @throws {StartError} when a port is in use, there is nothing to run, or no files can be kept; then nothing is left running
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { template, log } = options;
  const programs = findPrograms(template, options.templateFolder);
  const servers: FastifyInstance[] = [];
  const closeServers = () => Promise.all(servers.map(closeServer));
  const open = async (server: FastifyInstance, port: number, flag: string) => {
    servers.push(server);
    return listen(server, port, flag);
  };

  try {
    const capture = await freePort(options.ports.capture, '--capture-port');
    const s3 = await open(
      buildS3({ folder: path.resolve(options.local, 's3'), buckets: template.buckets, log }),
      options.ports.s3,
      '--s3-port',
    );
    const startLog = new StartLog();
    const environment = new Environment({
      ...environmentOptions(options, programs, { s3, capture }),
      log: (line, origin) => {
        log(line);
        startLog.add(line, origin);
      },
    });
    const restApi = buildRestApi({ routes: template.routes, environment, log });
    const rest = await open(restApi, options.ports.rest, '--port');
    const invokeApi = buildInvokeApi({ functionName: template.functionName, environment });
    const invoke = await open(invokeApi, options.ports.invoke, '--invoke-port');
    return {
      ports: { rest, invoke, s3, capture },
      ready: environment.init().then((fault) => startLog.report(fault)),
      close: async () => {
        // S3 last: the extension delivers while it shuts down.
        await environment.close();
        await closeServers();
      },
    };
  } catch (error) {
    await closeServers();
    throw asStartError(error, options.local);
  }
}

/** Lets what is being answered be sent, and then no longer waits for clients that take their time. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), 500);
  await app.close();
  clearTimeout(timer);
}

function environmentOptions(
  { template, local, env, ...options }: EmulatorOptions,
  { taskRoot, extensions }: ReturnType<typeof findPrograms>,
  ports: Pick<Ports, 's3' | 'capture'>,
): Omit<EnvironmentOptions, 'log'> {
  // Kept from run to run, as Lambda keeps it when it starts an environment again: what is in a spool is not lost.
  const tmp = path.resolve(local, 'environment', 'tmp');
  makeFolder(tmp);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const logStreamName = `${day}/[${VERSION}]${randomBytes(16).toString('hex')}`;
  const sources = (runtimeApi: string) => ({
    template,
    runtimeApi,
    taskRoot,
    tmp,
    s3Url: `http://127.0.0.1:${ports.s3}`,
    capturePort: ports.capture,
    initializationType: options.initializationType,
    logStreamName,
    nodeFolder: path.dirname(process.execPath),
    overlay: env,
  });
  return {
    identity: {
      functionName: template.functionName,
      functionVersion: VERSION,
      handler: template.handler,
      accountId: ACCOUNT_ID,
    },
    functionArn: functionArn(template.functionName),
    memoryMb: template.memoryMb,
    timeoutMs: template.timeoutMs,
    ...(options.initTimeoutMs !== undefined && { initTimeoutMs: options.initTimeoutMs }),
    ...(options.initializationType && { initializationType: options.initializationType }),
    ...(options.telemetry !== undefined && { telemetry: options.telemetry }),
    extensions: Object.keys(extensions),
    runtimeProgram: (api) => runtimeProgram(taskRoot, functionVariables(sources(api))),
    extensionProgram: (name, api) => ({
      command: extensions[name] ?? name,
      args: [],
      folder: '/',
      variables: extensionVariables(sources(api)),
    }),
    clock: systemClock,
  };
}
