import type { Tallies } from '../accounting/tallies.ts';
import type { EventType, ExtensionsApi } from '../lambda/extensions-api.ts';
import type { Log } from '../log.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { Receiver } from '../receiver/receiver.ts';
import { KINDS } from '../spool/kind.ts';
import type { Recovered } from '../spool/recovery.ts';
import type { Spool } from '../spool/spool.ts';

/** What went wrong at the start. Lambda gets it as the reason when the function must not go on without capture. */
export interface Fault {
  errorType:
    | 'Extension.RegistrationRefused'
    | 'Extension.ConfigInvalid'
    | 'Extension.PolicyUnusable'
    | 'Extension.SpoolUnusable'
    | 'Extension.PortTaken';
  cause: string;
}

/** The steps of a start that may fail. Each logs and notes its fault, and the others go on. */
export class StartUp {
  readonly faults: Fault[] = [];
  readonly #log: Log;
  #unlocked = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns whether Lambda has registered the extension */
  async register(api: ExtensionsApi, name: string, events: readonly EventType[]): Promise<boolean> {
    try {
      await api.register(name, events);
      return true;
    } catch (error) {
      this.#log(
        'ERROR',
        'Lambda refused the registration: the extension accepts records, and delivers them on a timer',
        {
          cause: String(error),
        },
      );
      return this.#failed('Extension.RegistrationRefused', error);
    }
  }

  /** @returns undefined where the configuration is wrong */
  configure<T>(parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      this.#log('ERROR', 'wrong configuration: no record is captured', { cause: (error as Error).message });
      this.#failed('Extension.ConfigInvalid', error);
      return undefined;
    }
  }

  /** @returns undefined where not even the code of the policy can be loaded. A policy that has failed is a fault too */
  async openPolicy(open: () => Promise<PolicyInForce>): Promise<PolicyInForce | undefined> {
    try {
      const policy = await open();
      const status = policy.status();
      if (status?.state === 'failed') this.#failed('Extension.PolicyUnusable', new Error(status.cause)); // logged already
      return policy;
    } catch (error) {
      this.#log('ERROR', 'the policy cannot be opened: no record is captured', { cause: String(error) });
      this.#failed('Extension.PolicyUnusable', error);
      return undefined;
    }
  }

  /**
   * @param folders of processes that have ended
   * @returns the ids of what they stored last; undefined where the spool cannot be used
   */
  recover(spool: Spool, tallies: Tallies, folders: readonly string[]): Recovered['lastIds'] | undefined {
    try {
      const { lastIds, leftAlone } = spool.recover(folders);
      const found: Record<string, number> = {};
      for (const kind of KINDS) {
        const lines = spool.count(kind);
        tallies[kind].received += lines;
        tallies[kind].recovered = lines;
        if (lines > 0) found[`${kind}s`] = lines;
      }
      if (spool.pending > 0) this.#log('INFO', 'records of a predecessor recovered', found);
      if (leftAlone.length > 0) {
        const [first] = leftAlone;
        this.#log(
          'ERROR',
          'some files in the spool are not segments, or cannot be read; the extension leaves them as they are',
          {
            files: leftAlone.length,
            first,
          },
        );
      }
      return lastIds;
    } catch (error) {
      this.#log('ERROR', 'the spool cannot be used: let CAPTURE_SPOOL_DIR name a writable folder', {
        cause: String(error),
      });
      this.#failed('Extension.SpoolUnusable', error);
      return undefined;
    }
  }

  /** Logs once that other extensions will take this process for dead. */
  readonly onUnlocked = (error: Error): void => {
    if (this.#unlocked) return;
    this.#unlocked = true;
    this.#log('WARN', 'the spool cannot be locked: give no other extension the same CAPTURE_SPOOL_DIR', {
      cause: String(error),
    });
  };

  async listen(receiver: Receiver, port: number): Promise<void> {
    try {
      await receiver.listen(port);
    } catch (error) {
      this.#log('ERROR', 'the extension cannot receive records: set CAPTURE_PORT to a free port', {
        cause: String(error),
      });
      this.#failed('Extension.PortTaken', error);
    }
  }

  #failed(errorType: Fault['errorType'], error: unknown): false {
    this.faults.push({ errorType, cause: (error as Error).message });
    return false;
  }
}
