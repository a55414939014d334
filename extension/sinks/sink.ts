/** Where objects go. */
export interface Sink {
  /** The destination, for the log. */
  readonly name: string;
  /**
   * Makes sure that the object is there. An object of this key that exists already is the same one, written by an earlier attempt
   * whose answer was lost.
   *
   * @throws when it cannot be known to be there
   */
  put(key: string, body: Buffer, signal: AbortSignal): Promise<void>;
}
