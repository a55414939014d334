import { type HolderParts, PolicyHolder as Original } from '../../../extension/policy/policy-holder.ts';

export * from '../../../extension/policy/policy-holder.ts';

/** Lets go of the policy that is in force when it has decided on three records. */
export class PolicyHolder extends Original {
  constructor(parts: HolderParts) {
    super(parts);
    const { record } = this;
    let decided = 0;
    this.record = (one) => (decided++ < 3 ? record(one) : { unavailable: 'it has expired' });
  }
}
