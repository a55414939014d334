import { misspeltVariables } from '../../capture/misspelt.ts';
import { readSwitch, Safeguards } from '../../capture/variables.ts';
import type { Log } from '../log.ts';
import { unusableProxies } from './proxy.ts';

/** Warns of variables that likely mean something else than the extension takes them for. */
export function warnOf(env: NodeJS.ProcessEnv, log: Log): void {
  for (const variable of Object.keys(Safeguards.entries)) {
    if (readSwitch(env[variable]) !== undefined) continue;
    log('WARN', 'the value of a switch is neither yes nor no: the switch is on', { variable, got: env[variable] });
  }
  for (const variable of unusableProxies(env)) {
    log('WARN', 'the address of the proxy is not valid: the extension connects to S3 without a proxy', {
      variable,
      expected: 'http://host:port',
    });
  }
  for (const misspelt of misspeltVariables(env)) {
    log('WARN', 'unknown variable, perhaps misspelt', { ...misspelt });
  }
}
