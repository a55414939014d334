import type { newLosses as original } from '../../../extension/told-losses.ts';

export * from '../../../extension/told-losses.ts';

/** Ignores the losses that a record tells of. */
export const newLosses: typeof original = () => undefined;
