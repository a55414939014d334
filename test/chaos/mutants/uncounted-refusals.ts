import { Counters as Original } from '../../../extension/accounting/counters.ts';

export * from '../../../extension/accounting/counters.ts';

/** Counts what is refused for want of a policy as something else. */
export class Counters extends Original {
  override refuse(reason: Parameters<Original['refuse']>[0]): void {
    super.refuse(reason === 'POLICY_UNAVAILABLE' ? 'DUPLICATE' : reason);
  }
}
