import { parseArgs } from 'node:util';
import { INITIALIZATION_TYPES, type InitializationType } from './environment/state-machine/lifecycle.ts';
import { StartError } from './start-error.ts';

/** What the command line asks for. Port 0 stands for any free port. */
export interface CommandLine {
  help: boolean;
  port: number;
  invokePort: number;
  s3Port: number;
  /** The ports that programs in the first environment must have, by the names of the template. */
  environmentPorts: Record<string, number>;
  template: string;
  local: string;
  /** Laid over the environment of the function and of the extensions. */
  env: Record<string, string>;
  /** Whether extensions can subscribe to the Telemetry API. */
  telemetry: boolean;
  initializationType: InitializationType;
}

export const HELP = `Runs the function and the extensions of template.yaml as AWS Lambda would, on this machine.

  node emulator/index.ts [flags]

  --port 3000             API Gateway: the routes of the template
  --invoke-port 3001      Lambda's Invoke API
  --s3-port 9000          S3: objects are files in {local}/s3/{bucket}/{key}
  --environment-port NAME=PORT
                          the port of a program in the environment; NAME is the template's; may be repeated
  --template FILE         the AWS SAM template (template.yaml)
  --local FOLDER          keeps S3's objects and the environment's /tmp (local)
  --env KEY=VALUE         sets a variable for function and extensions; may be repeated
  --initialization-type TYPE
                          on-demand, or lambda-managed-instances: never frozen (on-demand)
  --no-telemetry          no Telemetry API, as in AWS's runtime interface emulator
  --help                  this text

All of it listens on this machine only: on 127.0.0.1, and the APIs on ::1 as well. Port 0 takes any free port. Ctrl-C shuts
the environment down as Lambda does; a second Ctrl-C kills it.
`;

/**
 * Reads the flags.
 *
 * @throws {StartError} for an unknown flag, a malformed port, or an `--env` or `--environment-port` without `=`
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parse(args);
  return {
    help: values.help,
    port: port('--port', values.port),
    invokePort: port('--invoke-port', values['invoke-port']),
    s3Port: port('--s3-port', values['s3-port']),
    environmentPorts: Object.fromEntries(values['environment-port'].map(environmentPort)),
    template: values.template,
    local: values.local,
    env: Object.fromEntries(values.env.map(variable)),
    telemetry: !values['no-telemetry'],
    initializationType: initializationType(values['initialization-type']),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '3000' },
        'invoke-port': { type: 'string', default: '3001' },
        's3-port': { type: 'string', default: '9000' },
        'environment-port': { type: 'string', multiple: true, default: [] },
        template: { type: 'string', default: 'template.yaml' },
        local: { type: 'string', default: 'local' },
        env: { type: 'string', multiple: true, default: [] },
        'initialization-type': { type: 'string', default: 'on-demand' },
        'no-telemetry': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\nSee: node emulator/index.ts --help`);
  }
}

function port(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new StartError(`Expected ${flag} to be a port from 0 to 65535, got '${text}'.`);
}

function environmentPort(text: string): [string, number] {
  const [, name, number] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && number !== undefined) return [name, port(`--environment-port ${name}=PORT`, number)];
  throw new StartError(`Expected --environment-port to be NAME=PORT, got '${text}'.`);
}

function initializationType(text: string): InitializationType {
  const type = INITIALIZATION_TYPES.find((one) => one === text);
  if (type !== undefined) return type;
  throw new StartError(`Expected --initialization-type to be ${INITIALIZATION_TYPES.join(' or ')}, got '${text}'.`);
}

function variable(text: string): [string, string] {
  const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new StartError(`Expected --env to be KEY=VALUE, got '${text}'.`);
  return [key, value];
}
