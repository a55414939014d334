import * as v from 'valibot';
import { BUCKET, resourcesOf, type TemplateDocument } from './document.ts';
import { reportIgnored } from './ignored.ts';
import type { Path, Scope } from './intrinsics.ts';
import type { Reading } from './reading.ts';

const MAX_NAME_CHARACTERS = 63;

const BucketName = v.optional(
  v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Expected the name of a bucket')),
);
const Emulator = v.object({ BucketName });
const Bucket = v.object({
  Properties: v.optional(v.object({ BucketName }), {}),
  Metadata: v.optional(v.looseObject({ Emulator: v.optional(Emulator, {}) }), {}),
});

/**
 * The buckets of a template. One without `BucketName` has the name that `Metadata.Emulator` says, or else one that is made as
 * CloudFormation makes it: of the stack's name and the logical id, in lower case.
 */
export function readBuckets(
  document: TemplateDocument,
  stackName: string,
  scope: Scope,
  reading: Reading,
): [id: string, name: string][] {
  return resourcesOf(document, BUCKET).map(([id, resource]) => {
    const at: Path = ['Resources', id];
    reportIgnored(resource.Properties, BUCKET, ['BucketName'], [...at, 'Properties'], reading.warn);
    const { Emulator: written } = (resource['Metadata'] ?? {}) as Record<string, unknown>;
    reportIgnored(written, '', Object.keys(Emulator.entries), [...at, 'Metadata', 'Emulator'], reading.warn);
    const known = { Properties: { BucketName: resource.Properties['BucketName'] }, Metadata: { Emulator: written } };
    const { Properties, Metadata } = reading.read(Bucket, known, scope, (path) => [...at, ...path]);
    const generated = `${stackName}-${id}`.toLowerCase().slice(0, MAX_NAME_CHARACTERS);
    return [id, Properties.BucketName ?? Metadata.Emulator.BucketName ?? generated];
  });
}
