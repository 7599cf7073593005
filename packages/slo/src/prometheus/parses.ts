import { parser } from '@prometheus-io/lezer-promql';

/** Where Prometheus' own grammar does not accept an expression, for tests: the text from there on. Empty: it does. */
export function syntaxErrors(promql: string): readonly string[] {
  const errors: string[] = [];
  parser.parse(promql).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(promql.slice(from, from + 40));
    },
  });
  return errors;
}
