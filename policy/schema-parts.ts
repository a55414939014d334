import * as v from 'valibot';

/** What a field means, for editors and for docs/policy.md. */
export const says = v.description;

/** An object with these keys and no other: another one may be misspelt. Valibot takes an empty array for an object; this does not. */
export function Keys<const T extends v.ObjectEntries>(entries: T) {
  const object = v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `Expected only the keys ${Object.keys(entries).join(', ')}` : `Expected ${expected}`,
  );
  const run: (typeof object)['~run'] = (dataset, config) =>
    object['~run'](Array.isArray(dataset.value) ? { ...dataset, value: 'a list' } : dataset, config);
  return { ...object, '~run': run };
}

export const Most = <T extends v.GenericSchema>(item: T, most: number) =>
  v.pipe(v.array(item), v.minLength(1, 'Expected one or more'), v.maxLength(most, `Expected ${most} at most`));

export const numberBetween = (least: number, most: number) =>
  v.pipe(v.number(), v.minValue(least, `Expected ${least} or more`), v.maxValue(most, `Expected ${most} or less`));
export const integerBetween = (least: number, most: number) =>
  v.pipe(numberBetween(least, most), v.integer('Expected a whole number'));
export const text = (most: number) =>
  v.pipe(v.string(), v.minLength(1, 'Expected a text'), v.maxLength(most, `Expected ${most} characters at most`));
export const matching = (pattern: RegExp, expected: string) =>
  v.pipe(v.string(), v.regex(pattern, `Expected ${expected}`));
