/** Where the command reads files and prints. */
export interface Console {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** The folder that relative paths are meant from. */
  readonly cwd: string;
}

/** The command ends with exit code 1; each line says why. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
