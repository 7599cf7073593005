import { PROVIDERS, settle } from '@outspan/core';
import type { OutspanConfig, ProviderRow } from '@outspan/core';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../../packages/node/src/environment/variables.ts';
import { document } from './documents.ts';
import { inlineCode, section, tableRows } from './markdown.ts';

const { text } = document('docs/configuration.md');
const privacy = document('docs/privacy.md').text;
const firstCells = (heading: string): string[] => tableRows(section(text, heading)).map(([name = '']) => name.replaceAll('`', ''));

// Typed so that an option that is added, or goes, fails to compile.
const OPTIONS: Readonly<Record<keyof OutspanConfig, true>> = { captureContent: true, redact: true, providers: true, propagateTo: true, latestNames: true, validateOutput: true, limits: true };
const ROW: Readonly<Record<keyof ProviderRow, true>> = { name: true, hosts: true, paths: true, port: true, public: true };

describe('docs/configuration.md', () => {
  it('lists every option, and the one that is OpenTelemetry’s own', () => {
    const head = section(text, 'Options in code');
    const rows = tableRows(head.slice(head.indexOf('| option'))).map(([name = '']) => name.replaceAll('`', ''));
    expect(rows).toEqual(['enabled', ...Object.keys(OPTIONS)]);
  });

  it('lists every limit with its default', () => {
    const documented = tableRows(section(text, 'Limits')).map(([name = '', value = '']) => [name.replaceAll('`', ''), Number(value.replaceAll(',', ''))]);
    expect(Object.fromEntries(documented)).toEqual(settle({}, {}).limits);
  });

  it('lists every field of a provider’s row', () => {
    const fields = text.slice(text.indexOf('| field'), text.indexOf('A row that makes no sense'));
    expect(tableRows(fields).map(([name = '']) => name.replaceAll('`', ''))).toEqual(Object.keys(ROW));
  });

  it('lists the built-in providers', () => {
    const names = [...new Set(PROVIDERS.map(({ name }) => name))];
    const expected = names.map((name) => [`\`${name}\``, PROVIDERS.filter((row) => row.name === name).flatMap(addresses).join(', ')]);
    expect(tableRows(text.slice(text.indexOf('<!-- providers: begin -->'), text.indexOf('<!-- providers: end -->')))).toEqual(expected);
  });

  it('lists variables of the register entry with the choices that are accepted', () => {
    const wrong = tableRows(section(text, 'Variables')).flatMap(([name = '', values = '']) => {
      const rule = VARIABLES[name.replaceAll('`', '')];
      if (rule === undefined || (rule.kind !== 'choice' && rule.kind !== 'list') || values.includes('…') || name.includes('SAMPLER')) return [];
      const listed = inlineCode(values);
      return listed.every((value) => rule.of.includes(value)) && (listed.length === 1 || listed.length === rule.of.length) ? [] : [`${name}: ${values}`];
    });
    expect(wrong).toEqual([]);
    expect(firstCells('Variables')).toEqual(expect.arrayContaining(Object.keys(VARIABLES).filter((name) => name.startsWith('OUTSPAN_'))));
  });
});

function addresses({ hosts, paths, port }: ProviderRow): string[] {
  const places = hosts ?? ['any host'];
  return places.map((host) => `${host === 'any host' ? host : `\`${host}\``}${port === undefined ? '' : `, port ${port}`}${paths === undefined ? '' : ` with \`${paths.join('`, `')}\``}`);
}

describe('docs/privacy.md', () => {
  it('says what each value of the content variable does', () => {
    const captured = (value: string): string => settle({}, { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value }).captureContent;
    const rows = tableRows(section(privacy, 'Content').split('### ')[0] ?? '').map(([values = '', option = '']) => ({ values: inlineCode(values), option: option.replaceAll('`', '') }));
    const documented = rows.flatMap(({ values, option }) => values.map((value) => [value, option, option]));
    expect(documented.map(([value = '']) => [value, captured(value), captured(value.toLowerCase())])).toEqual(documented);
    expect(rows.map(({ option }) => option)).toEqual(['none', 'span', 'event', 'span_and_event']);
    expect(settle({}, {}).captureContent).toBe('none');
  });
});
