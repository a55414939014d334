import type { Label } from '../../capture/label.ts';
import { edited } from './edits.ts';
import { open, redact } from './opened.ts';
import { count } from './payload-edits.ts';
import { readPayload } from './payload-text.ts';
import type { PartRules } from './rules.ts';
import type { Tokens } from './tokens.ts';

/** A label is never left out, so nothing is left of data that cannot be searched. */
export function redactLabelData(label: Label, rules: PartRules, tokens: Tokens, counts: Map<string, number>): string {
  const { data, encoding } = label;
  if (rules.rules.length === 0) return data;
  const read = readPayload(label);
  const opened = read && open(read.text, read.isJson, rules);
  if (opened === undefined) return encoding === 'JSON' ? 'null' : '';
  const edits = redact(opened, rules, tokens);
  count(edits, counts);
  return edits.length === 0 ? data : read!.write(edited(opened.text, edits));
}
