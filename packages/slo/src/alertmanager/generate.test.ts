import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_MODEL } from '../model/defaults.ts';
import type { Model } from '../model/model.ts';
import { alertmanagerFiles } from './generate.ts';

function textOf(model: Model, path: string = 'alertmanager/alertmanager.yaml'): string {
  const file = alertmanagerFiles(model).find((file) => file.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file.text;
}

const withWebhooks: Model = { ...DEFAULT_MODEL, receivers: { page: { webhook: 'https://example.com/p?q={{ .Status }}&r="1"' }, ticket: { webhook: undefined } } };

describe("Alertmanager's files", () => {
  it('are the same bytes for the same model', () => {
    expect(alertmanagerFiles(structuredClone(DEFAULT_MODEL))).toEqual(alertmanagerFiles(DEFAULT_MODEL));
  });

  it('have no anchors and aliases', () => {
    expect(textOf(DEFAULT_MODEL)).not.toMatch(/[&*]a\d/);
  });

  it('multiply every grouping time by the time scale, and keep it above zero', () => {
    const times = (timeScale: number): string[] => [...textOf({ ...DEFAULT_MODEL, timeScale }).matchAll(/(?:wait|interval): (\S+)/g)].map(([, time]) => time ?? '');
    expect(new Set(times(1))).toEqual(new Set(['5m', '15m', '1d', '30s', '4h', '2m']));
    expect(new Set(times(0.01))).toEqual(new Set(['3s', '9s', '14m24s', '300ms', '2m24s', '1s200ms']));
    expect(new Set(times(1e-9))).toEqual(new Set(['100ms']));
  });

  it('send pages and tickets to their webhooks, and resolves as well', () => {
    const { receivers } = parse(textOf(withWebhooks));
    expect(receivers).toEqual([
      { name: 'outspan-page', webhook_configs: [{ url: 'https://example.com/p?q=%7B%7B .Status %7D%7D&r="1"', send_resolved: true }] },
      { name: 'outspan-ticket' },
      { name: 'other-alerts' },
    ]);
  });

  it('say where to put a receiver as long as there is none', () => {
    expect(textOf(withWebhooks)).not.toContain('Where a page goes');
    expect(textOf(withWebhooks)).toContain('Set receivers.ticket.webhook');
  });

  it('name the template file beside them', () => {
    expect(parse(textOf(DEFAULT_MODEL)).templates).toEqual(['outspan.tmpl']);
    expect(textOf(DEFAULT_MODEL, 'alertmanager/outspan.tmpl')).toContain('{{ define "outspan.subject" }}');
  });
});
