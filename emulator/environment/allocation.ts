import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { freePort } from '../http/listen.ts';
import { makeFolder } from '../machine.ts';
import { StartError } from '../start-error.ts';
import type { NamedPort } from '../template/metadata.ts';
import type { Clock } from './clock.ts';
import { VERSION } from './platform-log.ts';

/** What one environment has for itself. */
export interface Allocation {
  /** The folder, absolute, that stands for the environment's own /tmp. It is kept from run to run. */
  tmp: string;
  /** The ports of the programs in it, by the names that the template gives them. */
  ports: Readonly<Record<string, number>>;
  logStreamName: string;
}

export interface AllocatorOptions {
  /** The emulator's own folder, absolute: the first environment's /tmp is `environment/tmp` in it, the second's `environment-2/tmp`. */
  folder: string;
  ports: readonly NamedPort[];
  /** The ports that the first environment must have, by name; 0 is any free one. */
  demandedPorts: Readonly<Record<string, number>>;
  clock: Pick<Clock, 'wallMs'>;
}

/**
 * Where any port will do: below those that Linux gives to outgoing connections and to whoever asks for any. The program listens a moment
 * later, and in that moment a connection of some other process would get such a port by chance.
 */
const ANY_FREE = { first: 10_000, last: 32_767 };
const MAX_TRIES = 100;

/** Gives each environment what it must not share with another one. */
export class Allocator {
  readonly #options: AllocatorOptions;
  readonly #givenPorts = new Set<number>();
  #environments = 0;

  /** @throws {StartError} where a port is demanded that the template does not name */
  constructor(options: AllocatorOptions) {
    const names = options.ports.map(({ name }) => name);
    const unknown = Object.keys(options.demandedPorts).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const known = names.length > 0 ? names.join(', ') : 'it names none';
      throw new StartError(
        `Expected --environment-port to have a name that the template has in Metadata.Emulator.Ports (${known}), got '${unknown}'.`,
      );
    }
    this.#options = options;
  }

  /**
   * What the next environment has for itself. Only the first one gets the preferred and the demanded ports.
   *
   * @throws {StartError} where a demanded port is in use; {Error} of the system where the folder cannot be made
   */
  async next(): Promise<Allocation> {
    const { folder, ports, clock } = this.#options;
    const number = ++this.#environments;
    const tmp = path.join(folder, number === 1 ? 'environment' : `environment-${number}`, 'tmp');
    makeFolder(tmp);
    const found: [name: string, port: number][] = [];
    for (const port of ports) found.push([port.name, await (number === 1 ? this.#first(port) : this.#anyFree())]);
    const day = new Date(clock.wallMs()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[${VERSION}]${randomBytes(16).toString('hex')}`;
    return { tmp, ports: Object.fromEntries(found), logStreamName };
  }

  async #first({ name, preferred }: NamedPort): Promise<number> {
    const demanded = this.#options.demandedPorts[name];
    const port = demanded ?? preferred;
    if (port === 0) return this.#anyFree();
    const isGiven = this.#givenPorts.has(port);
    if (demanded !== undefined) {
      if (isGiven) throw new StartError(`Expected every --environment-port to be another port, got ${port} twice.`);
      await freePort(port, `--environment-port ${name}=PORT`);
    } else if (isGiven || !(await isFree(port))) {
      return this.#anyFree();
    }
    this.#givenPorts.add(port);
    return port;
  }

  /** A port that is free now, and that no environment has been given: its program may not listen on it yet. */
  async #anyFree(): Promise<number> {
    const { first, last } = ANY_FREE;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const port = first + Math.floor(Math.random() * (last - first + 1)); // other emulators look at the same time
      if (this.#givenPorts.has(port)) continue;
      this.#givenPorts.add(port);
      if (await isFree(port)) return port;
    }
    throw new StartError(`Expected a free port for a program in the environment, got none in ${MAX_TRIES} tries.`);
  }
}

async function isFree(port: number): Promise<boolean> {
  return freePort(port).then(
    () => true,
    () => false,
  );
}
