import type { Log } from '../log.ts';
import type { Damage } from '../spool/backlog.ts';
import type { Counters } from './counters.ts';

/** Counts the records that other programs destroyed in the spool, and logs it: a loss each time, a rescue the first time only. */
export function damageReport(counters: Counters, log: Log): (damage: Damage) => void {
  let warned = false;
  return ({ lost, rescued }) => {
    counters.lose('VANISHED', lost);
    if (lost > 0) {
      log('ERROR', 'somebody else removed or changed files of the spool; records are lost', { records: lost, rescued });
    } else if (!warned) {
      log('WARN', 'somebody else removed or changed files of the spool; no record is lost', { rescued });
      warned = true;
    }
  };
}
