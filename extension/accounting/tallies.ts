import type { Outcomes, Stats } from '../../capture/wire.ts';
import type { Kind } from '../spool/kind.ts';
import type { Spool } from '../spool/spool.ts';
import { Counters, presentReasons } from './counters.ts';

/** Counters for each kind of what is stored. That of records has the losses that lines of records report, that of labels those that lines of labels report. */
export type Tallies = Readonly<Record<Kind, Counters>>;

/** @param onLoss called when something is counted that is in no object */
export function createTallies(onLoss: () => void = () => {}): Tallies {
  return { record: new Counters(onLoss), label: new Counters(onLoss), payload: new Counters(onLoss) };
}

/** @param spool absent where nothing is captured */
export function statsOf({ record, label, payload }: Tallies, spool?: Spool): Stats {
  const pending = (kind: Kind) => spool?.count(kind) ?? 0;
  const { received, recovered } = label;
  return {
    ...record,
    pending: pending('record'),
    labels: { received, recovered, ...outcomes(label, pending('label')) },
    payloads: outcomes(payload, pending('payload')),
    spoolBytes: spool?.bytes ?? 0,
  };
}

function outcomes({ delivered, logged, dropped }: Counters, pending: number): Outcomes {
  return { delivered, logged, dropped: presentReasons(dropped), pending };
}
