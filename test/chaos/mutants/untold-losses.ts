import type { newLosses as original } from '../../../extension/intake/told-losses.ts';

export * from '../../../extension/intake/told-losses.ts';

/** Ignores the losses that a record tells of. */
export const newLosses: typeof original = () => undefined;
