import { Label } from '../../capture/label.ts';
import { labelId, storedLabel } from '../../capture/stored-label.ts';
import type { DropReason } from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Log } from '../log.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { Spool } from '../spool/spool.ts';
import { type Intake, type IntakeResult, lineOf } from './intake.ts';
import { createReading } from './reading.ts';
import type { RecentIds } from './recent-ids.ts';
import { createStoring } from './storing.ts';

/** What became of a label: it is stored, or it counts as lost for a reason. */
export type LabelFate = 'stored' | DropReason;

export interface LabelIntakeParts {
  policy: Pick<PolicyInForce, 'label'>;
  spool: Spool;
  counters: Counters;
  /** What became of the labels that came last, by their ids, including those that a predecessor has stored. */
  fates: RecentIds<LabelFate>;
  log: Log;
  /** Milliseconds since the epoch. */
  wallNow: () => number;
}

/**
 * Takes labels as {@link createIntake} takes records. A label has no id of its own, so its content is its id: the same label is stored once,
 * and two labels that differ are both stored. The record that a label is about need not be known here.
 */
export function createLabelIntake({ policy, spool, counters, fates, log, wallNow }: LabelIntakeParts): Intake {
  const reading = createReading('label', Label, counters);
  const storing = createStoring(spool, log);

  function takeLabel(label: Label): IntakeResult {
    const kept = policy.label(label);
    if ('unavailable' in kept) {
      counters.refuse('POLICY_UNAVAILABLE');
      return { accepted: false, code: 'POLICY_UNAVAILABLE', message: kept.unavailable };
    }
    const id = labelId(kept.label); // as it is stored: a successor knows it from the line
    const fate = fates.get(id);
    if (fate === 'stored') {
      counters.refuse('DUPLICATE');
      return { accepted: true };
    }
    const receivedAt = new Date(wallNow());
    const { time } = kept.label;
    const droppedBefore = counters.toReport(undefined, fate);
    const line = lineOf(storedLabel(kept, receivedAt, droppedBefore));
    const notStored = storing.store(line, time === undefined ? receivedAt : new Date(time), 'label');
    if (notStored !== undefined) {
      counters.refuse(fate === undefined ? notStored.code : 'DUPLICATE');
      if (fate === undefined) fates.set(id, notStored.code);
      return { accepted: false, ...notStored };
    }
    counters.store(droppedBefore, undefined, fate);
    counters.redact(kept.marks.redacted);
    fates.set(id, 'stored');
    return { accepted: true };
  }

  return {
    take(text) {
      const result = reading.read(text);
      return 'value' in result ? takeLabel(result.value) : result;
    },
    close: reading.close,
  };
}
