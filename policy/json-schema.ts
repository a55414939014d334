import { toJsonSchema } from '@valibot/to-json-schema';
import { PolicyDocument } from './document.ts';

/** The JSON Schema of a policy's document, for editors and for checks elsewhere. `make docs` writes it into policy/policy.schema.json. */
export function policyJsonSchema(): string {
  const schema = toJsonSchema(PolicyDocument, { typeMode: 'input', target: 'draft-07' });
  const { $schema, ...rest } = schema;
  const title = 'Policy of inference-capture: what may be stored of records and labels';
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
