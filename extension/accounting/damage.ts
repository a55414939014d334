import type { Log } from '../log.ts';
import type { Damage } from '../spool/backlog.ts';
import { KINDS } from '../spool/kind.ts';
import type { Tallies } from './tallies.ts';

/** Counts what other programs destroyed in the spool, and logs it: a loss each time, a rescue the first time only. */
export function damageReport(tallies: Tallies, log: Log): (damage: Damage) => void {
  let warned = false;
  return ({ lost, rescued }) => {
    for (const kind of KINDS) tallies[kind].lose('VANISHED', lost[kind]);
    if (lost.payload > 0) {
      // The lines of their records name objects that will never be there.
      log('ERROR', 'somebody else removed or changed files of the spool; payloads are lost', {
        payloads: lost.payload,
      });
    }
    if (lost.label > 0) {
      log('ERROR', 'somebody else removed or changed files of the spool; labels are lost', { labels: lost.label });
    }
    if (lost.record > 0) {
      log('ERROR', 'somebody else removed or changed files of the spool; records are lost', {
        records: lost.record,
        rescued,
      });
    } else if (rescued > 0 && !warned) {
      log('WARN', 'somebody else removed or changed files of the spool; no record is lost', { rescued });
      warned = true;
    }
  };
}
