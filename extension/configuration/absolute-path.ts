import path from 'node:path';
import * as v from 'valibot';

/** The schema of a variable that is an absolute path. */
export const AbsolutePath = v.pipe(
  v.string(),
  v.check(path.isAbsolute, (issue) => `an absolute path, got "${issue.input}"`),
);
