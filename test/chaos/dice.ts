/** Decides by chance, and the same way for the same seed. */
export interface Dice {
  /** @param share the probability of true, from 0 to 1 */
  chance(share: number): boolean;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  of<T>(items: readonly T[]): T;
}
