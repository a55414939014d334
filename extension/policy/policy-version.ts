import { compilePolicy, policyIdOf } from '../../policy/compile.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { readPolicyDocument } from '../../policy/read-document.ts';
import { PolicyFault } from './policy-failure.ts';
import type { Version } from './policy-state.ts';

const REMEDY = 'correct the policy';

/** @throws PolicyFault where the text is no policy */
export async function documentOf(text: string): Promise<PolicyDocument> {
  try {
    return await readPolicyDocument(text);
  } catch (error) {
    throw new PolicyFault((error as Error).message, { wrong: true, remedy: REMEDY });
  }
}

/**
 * @param now for the limit on records a second: milliseconds on a monotonic clock that goes on while the environment is frozen
 * @throws PolicyFault where the document cannot be carried out
 */
export async function versionOf(
  document: PolicyDocument,
  { text, key, now }: { text: string; key: Buffer | undefined; now: () => number },
): Promise<Version> {
  try {
    const policy = await compilePolicy(document, { text, key, now });
    return { policy, id: policyIdOf(text), onError: document.onError };
  } catch (error) {
    throw new PolicyFault((error as Error).message, { wrong: true, remedy: REMEDY });
  }
}
