import { randomBytes } from 'node:crypto';
import { compilePolicy, policyIdOf } from '../compile.ts';
import type { PolicyDocument } from '../document.ts';
import type { Policy } from '../policy.ts';
import { describeFault, type Fault, PolicyError } from '../policy-error.ts';
import { readPolicyDocument } from '../read-document.ts';
import { createPositions, type Position } from './positions.ts';

/** Something that is wrong with a document. */
export interface PlacedFault {
  message: string;
  position?: Position | undefined;
}

export type Checked =
  | { right: true; id: string; document: PolicyDocument; policy: Policy; keyNote?: string }
  | { right: false; faults: PlacedFault[] };

/**
 * Reads and compiles a document.
 *
 * @param env where a key may be
 * @param now the clock of the limit on records a second, in milliseconds
 */
export async function checkPolicy(text: string, env: NodeJS.ProcessEnv, now: () => number): Promise<Checked> {
  try {
    const document = await readPolicyDocument(text);
    const { key, keyNote } = keyOf(document, env);
    const policy = await compilePolicy(document, { text, key, now });
    return { right: true, id: policyIdOf(text), document, policy, keyNote };
  } catch (error) {
    const faults: readonly Fault[] =
      error instanceof PolicyError ? error.faults : [{ path: [], message: (error as Error).message }];
    const positionOf = createPositions(text);
    return {
      right: false,
      faults: faults.map((fault) => ({ message: describeFault(fault), position: positionOf(fault.path) })),
    };
  }
}

/** The key, or one that is made up where it is not here: then all is as it will be, but for the hashes. */
function keyOf({ key }: PolicyDocument, env: NodeJS.ProcessEnv): { key: Buffer | undefined; keyNote?: string } {
  if (key === undefined) return { key: undefined };
  const value = 'variable' in key ? env[key.variable]?.trim() : undefined;
  if (value !== undefined && value !== '') return { key: Buffer.from(value) };
  const place = 'variable' in key ? `the variable ${key.variable} is not set` : 'a secret is not fetched';
  return { key: randomBytes(32), keyNote: `The hashes are of another key than later, because ${place}.` };
}
