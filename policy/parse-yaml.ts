import { parseAllDocuments } from 'yaml';
import { PolicyError } from './policy-error.ts';

/** Most values that aliases may stand for: a short text could stand for gigabytes otherwise. */
const MAX_ALIASES = 100;

/**
 * Parses a text of one YAML 1.2 document of the core schema, in which `yes` is a text and `true` a boolean. Its warnings are faults here: each is
 * about something that would be understood otherwise than it is written.
 *
 * @throws PolicyError that has every fault of the syntax, with line and column
 */
export function parseYaml(text: string): unknown {
  try {
    const documents = parseAllDocuments(text, { version: '1.2', schema: 'core', merge: false, uniqueKeys: true });
    const all = 'empty' in documents ? [] : documents;
    const faults = all.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
    if (faults.length > 0) throw new PolicyError(faults.map(({ message }) => syntaxFault(message)));
    if (all.length > 1) throw new PolicyError([syntaxFault(`Expected one YAML document, got ${all.length}`)]);
    return all[0]?.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    throw new PolicyError([syntaxFault(`Expected JSON or YAML, got what cannot be read: ${(error as Error).message}`)]);
  }
}

/** The parser's message has the line of the document below its first line. */
function syntaxFault(message: string): { path: []; message: string } {
  return { path: [], message: message.split('\n')[0]!.replace(/:$/, '') };
}
