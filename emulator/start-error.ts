/** Something that the user of the emulator can put right. Its message says what was expected, what was found, and what to do. */
export class StartError extends Error {
  override name = 'StartError';
}
