import { fractionOf as original } from '../../../policy/sampling/fraction.ts';

/** Draws another sample than the published function of the id. */
export const fractionOf: typeof original = (id) => 1 - original(id);
