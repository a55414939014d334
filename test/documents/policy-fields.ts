import { policyJsonSchema } from '../../policy/json-schema.ts';
import type { Table } from './markdown.ts';

interface Schema {
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  required?: string[];
}

type Row = [field: string, standard: string, meaning: string];

/** Every field of a policy's document with its default and its meaning, as the JSON Schema has them. */
export function policyFields(): Table {
  const rows = fieldsOf(JSON.parse(policyJsonSchema()) as Schema, '');
  return { columns: ['field', 'default', 'meaning'], rows: [...new Map(rows.map((row) => [row[0], row])).values()] };
}

/** @param above the name of the object that has the fields, with the dot behind it */
function fieldsOf({ properties = {}, items, anyOf = [], required = [] }: Schema, above: string): Row[] {
  const own = Object.entries(properties).flatMap(([key, schema]): Row[] => {
    const name = `${above}${key}`;
    const { description = '' } = schema;
    const absent = required.includes(key) ? 'must be there' : 'none';
    const standard = schema.default === undefined ? absent : `\`${JSON.stringify(schema.default)}\``;
    const inner = fieldsOf(schema, schema.items === undefined ? `${name}.` : `${name}[].`);
    return [[`\`${name}\``, standard, description.replaceAll('|', '\\|')], ...inner];
  });
  return [
    ...own,
    ...(items === undefined ? [] : fieldsOf(items, above)),
    ...anyOf.flatMap((each) => fieldsOf(each, above)),
  ];
}
