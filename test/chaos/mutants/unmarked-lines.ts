import { storedLine as original } from '../../../capture/stored-line.ts';

export * from '../../../capture/stored-line.ts';

/** Does not say by which policy a record was stored. */
export const storedLine: typeof original = (kept, ...rest) => {
  const { policy, ...marks } = kept.marks;
  return original({ ...kept, marks }, ...rest);
};
