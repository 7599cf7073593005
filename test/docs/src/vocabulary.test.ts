import { DIALECTS, ERROR_CLASSES, TRUNCATION_KINDS } from '@outspan/core';
import { appliesTo, FAULTS } from '@outspan/fault-provider';
import type { Truth } from '@outspan/fault-provider';
import { describe, expect, it } from 'vitest';
import { CLASS_TRAITS } from '../../../packages/core/src/verdict/class-traits.ts';
import { document } from './documents.ts';
import { section, tableRows } from './markdown.ts';

const { text } = document('README.md');
const truths: readonly Truth[] = FAULTS.flatMap((fault) =>
  // What is spoken over sockets alone has no cells of requests and answers.
  DIALECTS.map(({ id }) => id).filter((id) => id !== 'openai.realtime').flatMap((dialect) =>
    (['unary', 'stream'] as const).map((mode) => ({ dialect, mode })).filter((cell) => appliesTo(fault, cell)).map((cell) => fault.truth(cell)),
  ),
);

describe("the README's tables", () => {
  it('list the error classes with their usual origin and whether they are worth a retry', () => {
    const documented = tableRows(section(text, 'Error classes')).map(([name = '', origin = '', retryable = '']) => [name.replaceAll('`', ''), origin, retryable]);
    expect(documented).toEqual(ERROR_CLASSES.map((name) => [name, CLASS_TRAITS[name].origin, CLASS_TRAITS[name].retryable ? 'yes' : 'no']));
  });

  it('list the truncation kinds', () => {
    expect(tableRows(section(text, 'Truncation kinds')).map(([name = '']) => name.replaceAll('`', ''))).toEqual([...TRUNCATION_KINDS]);
  });

  it('say of each truncation kind whether it is a failure, as the faults that play it do', () => {
    const kinds = tableRows(section(text, 'Truncation kinds')).filter(([, , failure]) => failure === 'yes' || failure === 'no');
    const claimed = kinds.map(([name = '', , failure = '']) => [name.replaceAll('`', ''), failure]);
    const played = claimed.map(([name]) => {
      const failed = new Set(truths.filter(({ truncation }) => truncation?.[0] === name).map((truth) => (truth.failed ? 'yes' : 'no')));
      return [name, [...failed].join()];
    });
    expect(played).toEqual(claimed);
  });
});
