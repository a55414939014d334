/** A fault that is planted in the extension, to see that the campaign finds it. */
export interface Mutant {
  /** What the extension does wrong, as the rest of "an extension that ...". */
  name: string;
  /** A file in the folder `mutants`. It stands in for a module of the extension, which it imports; or, as `.sh`, for the launcher. */
  standIn: string;
  /** How the verdict on a run with the fault begins; a regular expression. */
  found: string;
  /** The first seed to try. One of the next few finds the fault. @default 1 */
  firstSeed?: number;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledges before it has written',
    standIn: 'early-acknowledgement.ts',
    found: 'lost|miscounted',
  },
  {
    name: 'removes a segment before S3 has confirmed it',
    standIn: 'early-removal.ts',
    found: 'lost',
  },
  {
    name: 'names the object anew with each attempt',
    standIn: 'new-key-each-attempt.ts',
    found: 'twice',
  },
  {
    name: 'counts what it delivers twice',
    standIn: 'delivered-twice.ts',
    found: 'miscounted',
  },
  {
    name: 'does not see that its open segment is gone',
    standIn: 'unwatched-segment.ts',
    found: 'lost|miscounted|left|broken off',
    firstSeed: 18,
  },
  {
    name: 'counts a bad line as often as it comes',
    standIn: 'recounted-bad-lines.ts',
    found: 'miscounted|overstated',
  },
  {
    name: 'does not tell what the function lost',
    standIn: 'untold-losses.ts',
    found: 'untold',
  },
  {
    name: 'takes over what NODE_OPTIONS wants of the function',
    standIn: 'launcher-that-clears-nothing.sh',
    found: 'not started',
  },
  {
    name: 'stores what the policy has redacted as it came',
    standIn: 'policy-overruled.ts',
    found: 'exposed',
  },
  {
    name: 'draws another sample than its policy says',
    standIn: 'another-sample.ts',
    found: 'lost|sampled',
  },
  {
    name: 'does not say in a line by which policy it was stored',
    standIn: 'unmarked-lines.ts',
    found: 'unmarked',
  },
  {
    name: 'keeps every record whole until there is a policy',
    standIn: 'kept-without-policy.ts',
    found: 'exposed',
  },
  {
    name: 'writes a record that has no policy into its log',
    standIn: 'record-in-the-log.ts',
    found: 'exposed',
  },
  {
    name: 'lets go of a policy that is in force',
    standIn: 'withdrawn-policy.ts',
    found: 'withdrawn',
  },
  {
    name: 'does not count what the policy leaves out',
    standIn: 'uncounted-omissions.ts',
    found: 'miscounted',
  },
  {
    name: 'counts what it refuses for want of a policy as something else',
    standIn: 'uncounted-refusals.ts',
    found: 'miscounted',
  },
];
