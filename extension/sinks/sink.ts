/** Where objects go. */
export interface Sink {
  /** The destination, for the log. */
  readonly name: string;
  /**
   * Makes sure that the object is there. It may be already, written by an earlier attempt whose answer was lost.
   *
   * @throws when it cannot be known to be there; with the code KEY_TAKEN where another object is
   */
  put(key: string, body: Buffer, signal: AbortSignal): Promise<void>;
}
