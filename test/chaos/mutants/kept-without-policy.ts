import { rulingOn as original } from '../../../extension/policy/policy-state.ts';

export * from '../../../extension/policy/policy-state.ts';

/** Keeps every record whole until there is a policy. */
export const rulingOn: typeof original = (state, record, onFailure) =>
  state.kind === 'ready' ? original(state, record, onFailure) : { keep: true, record, marks: { sampleRate: 1 } };
