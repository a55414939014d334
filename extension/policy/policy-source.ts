/** The text of a policy, and the ETag of the object that it came from. */
export interface PolicyText {
  text: string;
  etag?: string | undefined;
}

/** Where the document of a policy comes from. */
export interface PolicySource {
  /** For the log. */
  readonly name: string;
  /** Whether there may be another document later. */
  readonly changes: boolean;
  /**
   * @param known the ETag of the document that is known
   * @returns `unchanged` where it is still that one
   */
  read(known: string | undefined, signal: AbortSignal): Promise<PolicyText | 'unchanged'>;
}
