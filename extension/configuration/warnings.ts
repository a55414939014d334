import { misspeltVariables } from '../../capture/misspelt.ts';
import { readSwitch, Safeguards } from '../../capture/variables.ts';
import type { Log } from '../log.ts';
import { unusableProxies } from './proxy.ts';

/** Warns of variables that likely mean something else than the extension takes them for. */
export function warnOf(env: NodeJS.ProcessEnv, log: Log): void {
  for (const variable of Object.keys(Safeguards.entries)) {
    if (readSwitch(env[variable]) !== undefined) continue;
    log('WARN', 'a switch says neither yes nor no: it is taken for yes', { variable, got: env[variable] });
  }
  for (const variable of unusableProxies(env)) {
    log('WARN', 'a proxy that cannot be used: S3 is reached without one', { variable, expected: 'http://host:port' });
  }
  for (const misspelt of misspeltVariables(env)) {
    log('WARN', 'a variable that nothing here reads, perhaps misspelt', { ...misspelt });
  }
}
