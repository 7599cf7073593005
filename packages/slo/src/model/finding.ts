/** Something about a model file that its writer should know. */
export interface Finding {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
}

/** `outspan.slo.yaml:3:5: …`, as editors and CI systems pick it up. */
export function findingInWords({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** A place in the file: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** `slos[2].objective` */
export function pathInWords(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').replace(/^\./, '');
}

const SHOWN = 60;

/** A value as it appears in a message: short, on one line, nothing in it that a terminal would obey. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'a map' : String(value);
  const plain = text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return plain.length <= SHOWN ? plain : `${plain.slice(0, SHOWN)}… (${text.length} characters)`;
}
