import path from 'node:path';
import { TMP } from '../template/metadata.ts';
import { ACCOUNT_ID, type FunctionTemplate } from '../template/template.ts';
import { type Allocation, Allocator } from './allocation.ts';
import type { Clock } from './clock.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import { VERSION } from './platform-log.ts';
import { type Programs, runtimeProgram } from './programs.ts';
import type { InitializationType } from './state-machine/lifecycle.ts';
import { extensionVariables, functionArn, functionVariables } from './variables.ts';

/** What the environments of a function have in common. */
export interface EnvironmentParts {
  template: FunctionTemplate;
  programs: Programs;
  /** The emulator's own folder, absolute. */
  folder: string;
  s3Url: string;
  /** The ports that the first environment must have, by the names of the template; 0 is any free one. */
  demandedPorts: Readonly<Record<string, number>>;
  /** Laid over the environment of function and extensions. */
  env: Readonly<Record<string, string>>;
  /** Whether extensions can subscribe to the Telemetry API. @default true */
  telemetry?: boolean | undefined;
  /** @default on-demand */
  initializationType?: InitializationType | undefined;
  /** How long an environment may take to get ready, in milliseconds. @default 10000 */
  initTimeoutMs?: number | undefined;
  clock: Clock;
}

/** Makes the execution environments of one function. They share nothing but its programs and S3, and can run at the same time. */
export class EnvironmentFactory {
  readonly #parts: EnvironmentParts;
  readonly #allocator: Allocator;

  /** @throws {StartError} where a port is demanded that the template does not name */
  constructor(parts: EnvironmentParts) {
    const { folder, template, demandedPorts, clock } = parts;
    this.#parts = parts;
    this.#allocator = new Allocator({ folder, ports: template.local.ports, demandedPorts, clock });
  }

  /**
   * Makes another environment. Its processes start with `init` or with its first invocation.
   *
   * @throws as `Allocator.next`
   */
  async create(log: EnvironmentOptions['log']): Promise<{ environment: Environment; allocation: Allocation }> {
    const allocation = await this.#allocator.next();
    const environment = new Environment({ ...environmentOptions(this.#parts, allocation), log });
    return { environment, allocation };
  }
}

function environmentOptions(parts: EnvironmentParts, allocation: Allocation): Omit<EnvironmentOptions, 'log'> {
  const { template, programs, s3Url, env, clock, initTimeoutMs, initializationType, telemetry } = parts;
  const { taskRoot, extensions } = programs;
  const sources = (runtimeApi: string) => ({
    template,
    runtimeApi,
    taskRoot,
    tmp: allocation.tmp,
    s3Url,
    local: localVariables(template.local, allocation),
    initializationType,
    logStreamName: allocation.logStreamName,
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
    ...(initTimeoutMs !== undefined && { initTimeoutMs }),
    ...(initializationType !== undefined && { initializationType }),
    ...(telemetry !== undefined && { telemetry }),
    extensions: Object.keys(extensions),
    runtimeProgram: (api) => runtimeProgram(programs, functionVariables(sources(api))),
    extensionProgram: (name, api) => ({
      command: extensions[name] ?? name,
      args: [],
      folder: '/',
      variables: extensionVariables(sources(api)),
    }),
    clock,
  };
}

/** What `Metadata.Emulator` says of variables, for one environment. */
function localVariables(local: FunctionTemplate['local'], { tmp, ports }: Allocation): Record<string, string> {
  const values = Object.entries(local.variables).map(([name, value]) => [name, value.replaceAll(TMP, tmp)]);
  const portValues = local.ports.map(({ name, variable }) => [variable, String(ports[name])]);
  return Object.fromEntries([...values, ...portValues]);
}
