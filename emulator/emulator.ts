import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildRestApi } from './api-gateway/rest-api.ts';
import { systemClock } from './environment/clock.ts';
import { EnvironmentFactory } from './environment/environment-factory.ts';
import { findPrograms } from './environment/programs.ts';
import type { InitializationType } from './environment/state-machine/lifecycle.ts';
import { listen } from './http/listen.ts';
import { buildInvokeApi } from './invoke-api/invoke-api.ts';
import { asStartError } from './machine.ts';
import { buildS3 } from './s3/s3.ts';
import { StartLog, type StartReport } from './start-report.ts';
import type { FunctionTemplate } from './template/template.ts';

export interface EmulatorOptions {
  template: FunctionTemplate;
  /** The folder that the template's paths start from. */
  templateFolder: string;
  /** The folder that keeps S3's objects and the environment's /tmp. */
  local: string;
  /** Ports of this machine; 0 is any free one. */
  ports: Ports;
  /** The ports that programs in the environment must have, by the names of the template; 0 is any free one. */
  environmentPorts: Readonly<Record<string, number>>;
  /** Laid over the environment of function and extensions. */
  env: Readonly<Record<string, string>>;
  /** Whether extensions can subscribe to the Telemetry API. @default true */
  telemetry?: boolean;
  /** @default on-demand */
  initializationType?: InitializationType;
  /** How long the environment may take to get ready, in milliseconds. @default 10000 */
  initTimeoutMs?: number;
  /** Takes every line that Lambda, the function and the extensions write. */
  log(line: string): void;
}

export interface Ports {
  rest: number;
  invoke: number;
  s3: number;
}

export interface Emulator {
  /** The ports that were taken. */
  ports: Ports;
  /** The ports of the programs in the environment, by the names of the template. */
  environmentPorts: Readonly<Record<string, number>>;
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
  const open = async (server: FastifyInstance, port: number, option: string) => {
    servers.push(server);
    return listen(server, port, option);
  };

  try {
    const buckets = buildS3({ folder: path.resolve(options.local, 's3'), buckets: template.buckets, log });
    const s3 = await open(buckets, options.ports.s3, '--s3-port PORT');
    const factory = new EnvironmentFactory({
      template,
      programs,
      folder: path.resolve(options.local),
      s3Url: `http://127.0.0.1:${s3}`,
      demandedPorts: options.environmentPorts,
      env: options.env,
      telemetry: options.telemetry,
      initializationType: options.initializationType,
      initTimeoutMs: options.initTimeoutMs,
      clock: systemClock,
    });
    const startLog = new StartLog();
    const { environment, allocation } = await factory.create((line, origin) => {
      log(line);
      startLog.add(line, origin);
    });
    const restApi = buildRestApi({ routes: template.routes, environment, log });
    const rest = await open(restApi, options.ports.rest, '--port PORT');
    const invokeApi = buildInvokeApi({ functionName: template.functionName, environment });
    const invoke = await open(invokeApi, options.ports.invoke, '--invoke-port PORT');
    return {
      ports: { rest, invoke, s3 },
      environmentPorts: allocation.ports,
      ready: environment.init().then((fault) => startLog.report(fault)),
      close: async () => {
        // S3 last: extensions may deliver to it while they shut down.
        await environment.close();
        await closeServers();
      },
    };
  } catch (error) {
    await closeServers();
    throw asStartError(error, options.local);
  }
}

/** Sends what is being answered; clients that take longer than 500 ms are not waited for. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), 500);
  await app.close();
  clearTimeout(timer);
}
