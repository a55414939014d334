import * as v from 'valibot';
import { PolicyDocument } from './document.ts';
import { checkDocument } from './document-checks.ts';
import { keysTwice } from './json-keys.ts';
import { MAX_POLICY_BYTES } from './policy.ts';
import { PolicyError } from './policy-error.ts';
import { schemaFaults } from './schema-faults.ts';

/**
 * Reads the document of a policy: JSON, or else YAML, whose parser is loaded only then.
 *
 * @throws PolicyError that has every fault: of the syntax, or else of the schema, or else of what the document means
 */
export async function readPolicyDocument(text: string): Promise<PolicyDocument> {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_POLICY_BYTES) throw wrong(`Expected ${MAX_POLICY_BYTES} bytes at most, got ${bytes}`);
  const value = await parse(text);
  if (value === undefined || value === null) throw wrong('Expected a document in JSON or YAML, got an empty one');
  const result = v.safeParse(PolicyDocument, value);
  if (!result.success) throw new PolicyError(schemaFaults(result.issues));
  const faults = checkDocument(result.output);
  if (faults.length > 0) throw new PolicyError(faults);
  return result.output;
}

async function parse(text: string): Promise<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { parseYaml } = await import('./parse-yaml.ts');
    return parseYaml(text);
  }
  const [twice] = keysTwice(text);
  if (twice !== undefined) throw wrong(`Expected each key once in an object, got "${twice}" twice`);
  return value;
}

function wrong(message: string): PolicyError {
  return new PolicyError([{ path: [], message }]);
}
