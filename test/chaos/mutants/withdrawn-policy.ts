import { type HolderParts, PolicyHolder as Original } from '../../../extension/policy/policy-holder.ts';

export * from '../../../extension/policy/policy-holder.ts';

/** Lets go of the policy that is in force when it cannot be loaded again. */
export class PolicyHolder extends Original {
  #failed = false;

  constructor(parts: HolderParts) {
    super(parts);
    const { record } = this;
    this.record = (...given) => (this.#failed ? { unavailable: 'it cannot be loaded again' } : record(...given));
  }

  override take(...given: Parameters<Original['take']>): void {
    this.#failed = false;
    super.take(...given);
  }

  override fail(...given: Parameters<Original['fail']>): void {
    this.#failed = true;
    super.fail(...given);
  }
}
