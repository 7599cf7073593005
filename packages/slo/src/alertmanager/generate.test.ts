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
    const times = (timeScale: number): string[] => [...textOf({ ...DEFAULT_MODEL, timeScale }).matchAll(/(?:group|repeat)_interval: (\S+)/g)].map(([, time]) => time ?? '');
    expect(times(1)).toEqual(['15m', '1d', '5m', '4h']);
    expect(times(0.01)).toEqual(['9s', '14m24s', '3s', '2m24s']);
    expect(new Set(times(1e-9))).toEqual(new Set(['100ms']));
  });

  it('let an alert wait as long as what would silence it may take: an evaluation for a cause above it, and what causes hold for', () => {
    const waits = (model: Partial<Model>): string[] => [...textOf({ ...DEFAULT_MODEL, ...model }).matchAll(/group_wait: (\S+)/g)].map(([, time]) => time ?? '');
    const page = ['1m30s', '30s', '1m30s', '1m30s', '4m30s'];
    expect(waits({})).toEqual(['6m', ...page, '5m', '6m', '6m', '9m']);
    expect(waits({ timeScale: 0.01, interval: 1 }).slice(1, 6)).toEqual(['1s300ms', '300ms', '1s300ms', '1s300ms', '3s300ms']);
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
