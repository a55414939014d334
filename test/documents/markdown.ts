/** A table that stands in a document. */
export interface Table {
  columns: readonly string[];
  /** The cells of each row. The first is its name. Undefined: a person writes this cell in the document, where it is kept. */
  rows: readonly (readonly [name: string, ...(string | undefined)[]])[];
}

/** What is generated into a document, by the name of its place: a table, or lines as they are. */
export type Parts = Readonly<Record<string, Table | string>>;

export interface Generated {
  text: string;
  /** The cells that a person has still to write, in words. */
  unwritten: string[];
}

/** `<!-- generated: NAME -->`, the part, `<!-- end -->`. */
const PLACE = /(<!-- generated: ([\w-]+) -->\n)(.*?)(<!-- end -->)/gs;

/**
 * Writes the generated parts of a document anew.
 *
 * @throws Error where a place has no part, or a part has not exactly one place
 */
export function generate(document: string, parts: Parts): Generated {
  const places = Array.from(document.matchAll(PLACE), ([, , name]) => name!);
  const [expected, got] = [Object.keys(parts).sort().join(', '), places.toSorted().join(', ')];
  if (got !== expected) throw new Error(`Expected one place for each of the parts ${expected}, got places for ${got}`);
  const unwritten: string[] = [];
  const text = document.replace(PLACE, (_, begin: string, name: string, former: string, end: string) => {
    const part = parts[name]!;
    if (typeof part === 'string') return `${begin}${part}\n${end}`;
    const cells = withWritten(part, cellsOf(former));
    for (const [row, ...others] of cells) {
      const empty = part.columns.filter((_, at) => at > 0 && others[at - 1] === '');
      unwritten.push(...empty.map((column) => `"${column}" of ${row} in the table ${name}`));
    }
    return `${begin}${tableOf(part.columns, cells)}\n${end}`;
  });
  return { text, unwritten };
}

/** The cells of a table's rows, with those that a person wrote in the former table: they are found by row and column. */
function withWritten({ columns, rows }: Table, [formerColumns = [], ...formerRows]: string[][]): string[][] {
  const former = new Map(formerRows.map((cells) => [cells[0], cells]));
  return rows.map((row) =>
    row.map((cell, at) => cell ?? former.get(row[0])?.[formerColumns.indexOf(columns[at]!)] ?? ''),
  );
}

/** The rows of a table, its head first. */
function cellsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.startsWith('|') && !/^[| -]+$/.test(line));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function tableOf(columns: readonly string[], rows: readonly string[][]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
