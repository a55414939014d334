import type { DetectorName } from '../detectors/detectors.ts';

/** What a detector found in a text: from `start` up to `end`, in UTF-16 code units. `name` is the detector's. */
export interface Finding {
  start: number;
  end: number;
  name: string;
}

/** Findings of one text, in order and without overlaps. U+0000 must part two texts: no finding may depend on what is beyond it to be found. */
export type Find = (text: string) => Finding[];

/** Makes a search by some detectors. */
export type CreateFind = (names: readonly DetectorName[]) => Find;
