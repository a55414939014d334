import { rulingOn as original } from '../../../extension/policy/policy-state.ts';

export * from '../../../extension/policy/policy-state.ts';

/** Writes a record into the log that no policy could decide on. */
export const rulingOn: typeof original = (state, record, onFailure) => {
  if (state.kind !== 'ready') console.log(JSON.stringify({ message: 'there is no policy', ...record }));
  return original(state, record, onFailure);
};
