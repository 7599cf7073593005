/** What is to be done with a code block. */
export type Mark =
  /** Written to a file of this name, for the blocks behind it. */
  | { readonly do: 'file'; readonly name: string }
  | {
      readonly do: 'run';
      /** What its output, standard output and error together, must hold, and must not. */
      readonly prints: readonly string[];
      readonly printsNot: readonly string[];
      /** The address that stands for a backend, which must then get spans. */
      readonly backend?: string;
      /** It goes on until it is stopped, which it is when this was printed. */
      readonly until?: string;
    }
  | { readonly do: 'skip'; readonly why: string };

const PRINTS = /^prints (?:no )?"[^"]+"(?: and (?:no )?"[^"]+")*$/;

/**
 * Reads a mark: `file NAME`, `skip because …`, or `run`, which may go on with `prints "a" and no "b"`, `until "c"` and `with the backend at URL`.
 *
 * @throws Error when it cannot be read
 */
export function readMark(text: string): Mark {
  const [, name] = /^file ([\w.-]+)$/.exec(text) ?? [];
  if (name !== undefined) return { do: 'file', name };
  const [, why] = /^skip because (.{10,})$/.exec(text) ?? [];
  if (why !== undefined) return { do: 'skip', why };
  const [run, first = '', backend] = /^run(?: (.+?))??(?: with the backend at (\S+))?$/.exec(text) ?? [];
  const [, until] = /^until "([^"]+)"$/.exec(first) ?? [];
  if (run === undefined || (first !== '' && until === undefined && !PRINTS.test(first))) throw new Error(`cannot read the mark '${text}'`);
  const expected = until === undefined ? [...first.matchAll(/(no )?"([^"]+)"/g)] : [];
  return {
    do: 'run',
    prints: expected.filter(([, no]) => no === undefined).map(([, , said = '']) => said),
    printsNot: expected.filter(([, no]) => no !== undefined).map(([, , said = '']) => said),
    ...(backend !== undefined && { backend }),
    ...(until !== undefined && { until }),
  };
}
