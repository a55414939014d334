import { type Intake, type IntakeParts, createIntake as original } from '../../../extension/intake/intake.ts';

export * from '../../../extension/intake/intake.ts';

/** Stores a record that the policy keeps as it came, with the marks of the policy. */
export function createIntake(parts: IntakeParts): Intake {
  const { policy } = parts;
  return original({
    ...parts,
    policy: {
      record(record) {
        const decision = policy.record(record);
        return 'keep' in decision && decision.keep ? { ...decision, record } : decision;
      },
    },
  });
}
