/** One object, or one version of an object. */
export interface ObjectRef {
  key: string;
  bytes: number;
  modifiedMs: number;
  /** Undefined: the present one. */
  oldVersion?: string | undefined;
}

export interface StoredContent {
  body: Buffer;
  /** Changes with the content. */
  etag: string;
  /** What a store must give the new content again, such as its encryption. */
  properties: unknown;
}

/** Where records lie: a prefix of a bucket, or a folder. */
export interface Store {
  /** As the user named it. */
  name: string;
  /** All objects whose keys end in `.jsonl`. @param oldVersions also those that a versioned bucket keeps of replaced objects */
  list(oldVersions: boolean): AsyncIterable<ObjectRef>;
  /** @returns undefined where it is gone */
  read(object: ObjectRef): Promise<StoredContent | undefined>;
  /**
   * Puts a new content in the place of one that was read.
   *
   * @returns `changed` where the object is not the one that was read any more
   */
  replace(object: ObjectRef, before: StoredContent, body: Buffer): Promise<'replaced' | 'changed'>;
  /** Whether it keeps, or has kept, what was replaced; also where it does not say. */
  keepsOldVersions(): Promise<boolean>;
  removeVersion(object: ObjectRef): Promise<void>;
}
