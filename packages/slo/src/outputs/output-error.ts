/** Files cannot be written or read; the message says which and why, for the one who asked for them. */
export class OutputError extends Error {
  override readonly name: string = 'OutputError';
}
