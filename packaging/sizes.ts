/** A size in kB of 1,000 bytes. */
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** A size beside the most that it may be, in MB of 1,000,000 bytes. */
export const megabytesOf = (bytes: number, most: number) =>
  `${(bytes / 1e6).toFixed(1)} of ${(most / 1e6).toFixed(1)} MB`;
