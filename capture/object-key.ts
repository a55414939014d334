/** Where the records of one deployment are stored, or its labels, or the payloads that have objects of their own. No part begins or ends with a slash; the prefix may be empty. */
export interface KeyScope {
  prefix: string;
  endpoint: string;
  variant: string;
}

/** The UTC hour of a time, as it stands in an object key: `yyyy/MM/dd/HH`. */
export function hourOf(time: Date): string {
  return time.toISOString().slice(0, 13).replaceAll('-', '/').replace('T', '/');
}

/**
 * The key of an object: `{prefix}/{endpoint}/{variant}/yyyy/MM/dd/HH/{mm-ss-SSS}-{id}.jsonl`, in UTC,
 * the layout of SageMaker Data Capture.
 *
 * @param time the time of the first record or label in the object
 * @param id what makes the key unique: a UUID, or a digest of the content
 */
export function objectKey(scope: KeyScope, time: Date, id: string): string {
  const minute = time.toISOString().slice(14, 23).replace(/[:.]/g, '-');
  return [scope.prefix, scope.endpoint, scope.variant, hourOf(time), `${minute}-${id}.jsonl`]
    .filter((part) => part !== '')
    .join('/');
}
