import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanagerFiles } from '../../../packages/slo/src/alertmanager/generate.ts';
import { ALERTS, type AlertKind, type AlertName } from '../../../packages/slo/src/alerts/catalogue.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../../../packages/slo/src/model/defaults.ts';
import type { Model, Slo } from '../../../packages/slo/src/model/model.ts';
import { startAlertmanager, type Alertmanager } from './alertmanager.ts';
import { binaries, haveBackends } from './binaries.ts';
import { until } from './until.ts';
import { startWebhook, type Notification, type Webhook } from './webhook.ts';

type Labels = Readonly<Record<string, string>>;

const NOTIFIED_WITHIN_MS = 30_000;

/** An SLO by service alone, beside the default ones, which are by service and provider. */
const BY_SERVICE: Slo = { name: 'by-service', description: '', sli: { kind: 'retries' }, objective: 0.9, window: 30 * 86_400, by: ['service_name'], where: {}, alerts: { page: true, ticket: true } };

/** Incidents are paged after 0.6 s, other causes after 1.1 s, alerts without a known cause after 4 s; groups change after 6 s. */
const HURRIED: Model = { ...DEFAULT_MODEL, timeScale: 0.02, interval: 0.5, slos: [...DEFAULT_SLOS, BY_SERVICE] };

function filesOf(model: Model): Record<string, string> {
  return Object.fromEntries(alertmanagerFiles(model).map(({ path, text }) => [path.replace('alertmanager/', ''), text]));
}

function kindOf(name: AlertName): AlertKind {
  const kind = ALERTS.find((kind) => kind.name === name);
  if (kind === undefined) throw new Error(`no ${name}`);
  return kind;
}

/** The alert of that name as the rules raise it, with those of the labels that it carries. */
function alertOf(name: AlertName, labels: Labels): Labels {
  const { severity, fault, labels: own } = kindOf(name);
  const carried = Object.entries(labels).filter(([label]) => own === 'slo' || label === 'outspan_slo' || own.includes(label));
  return { alertname: name, severity, outspan_fault: fault, ...Object.fromEntries(carried) };
}

/** Every alert of a provider's outage as seen by two services: far more than a dozen. */
function outage(provider: string): readonly Labels[] {
  const services = [`${provider}-chat`, `${provider}-search`];
  const incident = alertOf('OutspanProviderIncident', { gen_ai_provider_name: provider });
  const rest = services.flatMap((service) => {
    const scope = { service_name: service, gen_ai_provider_name: provider, service_version: '1', gen_ai_request_model: 'm' };
    const kinds = ALERTS.filter(({ name, labels }) => name !== 'OutspanProviderIncident' && labels !== 'slo');
    const burning = HURRIED.slos.flatMap(({ name, by }) =>
      (['OutspanErrorBudgetBurn', 'OutspanErrorBudgetBurnSlow'] as const).map((alert) =>
        alertOf(alert, { outspan_slo: name, ...Object.fromEntries(Object.entries(scope).filter(([label]) => by.includes(label))) }),
      ),
    );
    return [...kinds.map(({ name }) => alertOf(name, scope)), ...burning];
  });
  return [incident, ...rest];
}

async function post({ url }: Alertmanager, alerts: readonly Labels[], { ended = false, annotations = {} }: { ended?: boolean; annotations?: Labels } = {}): Promise<void> {
  const body = alerts.map((labels) => ({ labels, annotations, ...(ended && { endsAt: new Date(Date.now() - 1).toISOString(), startsAt: new Date(Date.now() - 60_000).toISOString() }) }));
  const response = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

/** The alerts that Alertmanager would notify of, as names. */
async function unsilenced({ url }: Alertmanager, filter: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v2/alerts?${new URLSearchParams({ filter, inhibited: 'false' }).toString()}`);
  const alerts: unknown = await response.json();
  if (!Array.isArray(alerts)) throw new Error(JSON.stringify(alerts));
  return alerts.map((alert: { labels: Labels }) => alert.labels['alertname'] ?? '').sort();
}

describe.runIf(haveBackends)('the generated routes, in a real Alertmanager', () => {
  let webhook: Webhook;
  let alertmanager: Alertmanager;

  beforeAll(async () => {
    webhook = await startWebhook();
    const receivers = { page: { webhook: `${webhook.url}/page` }, ticket: { webhook: `${webhook.url}/ticket` } };
    alertmanager = await startAlertmanager(binaries().alertmanager, filesOf({ ...HURRIED, receivers }));
  });
  afterAll(async () => {
    await alertmanager?.stop();
    webhook?.close();
  });

  /** Notifications with an alert that has this value of the label. */
  function about(label: string, value: string): Notification[] {
    return webhook.received.filter(({ alerts }) => alerts.some(({ labels }) => labels[label] === value));
  }

  function namesIn(notifications: readonly Notification[]): (string | undefined)[][] {
    return notifications.map(({ alerts }) => alerts.map(({ labels }) => labels['alertname']));
  }

  /** Waits for the page of an alert without a known cause that is raised only now: whatever came before it has been notified of by then. */
  async function waitOut(mark: string): Promise<void> {
    await post(alertmanager, [alertOf('OutspanErrorBudgetBurn', { outspan_slo: 'availability', service_name: mark, gen_ai_provider_name: mark })]);
    await until(`the page about ${mark}`, NOTIFIED_WITHIN_MS, async () => about('gen_ai_provider_name', mark).length > 0);
  }

  it.each([
    { order: 'first', arrange: (alerts: readonly Labels[]) => alerts },
    { order: 'last', arrange: (alerts: readonly Labels[]) => alerts.toReversed() },
    { order: 'in the middle', arrange: (alerts: readonly Labels[]) => [...alerts.slice(alerts.length / 2), ...alerts.slice(0, alerts.length / 2)] },
  ])("page once for a provider's outage whose incident arrives $order", async ({ order, arrange }) => {
    const provider = `down-${order}`;
    const alerts = arrange(outage(provider));
    expect(alerts.length).toBeGreaterThan(30);
    for (let at = 0; at < alerts.length; at += 8) await post(alertmanager, alerts.slice(at, at + 8));
    await waitOut(`healthy-${order}`);

    const told = webhook.received.filter(({ alerts }) => alerts.some(({ labels }) => `${labels['gen_ai_provider_name']} ${labels['service_name']}`.includes(provider)));
    expect(namesIn(told)).toEqual([['OutspanProviderIncident']]);
    expect(told[0]?.receiver).toBe('outspan-page');
    expect(await unsilenced(alertmanager, `gen_ai_provider_name="${provider}"`)).toEqual(['OutspanProviderIncident']);
    expect(await unsilenced(alertmanager, `service_name="${provider}-chat"`)).toEqual([]);
  });

  it('page for another provider, also while one is down', async () => {
    const scope = { service_name: 'busy', gen_ai_provider_name: 'fine' };
    await post(alertmanager, [...outage('down'), alertOf('OutspanQuotaExhausted', scope), alertOf('OutspanErrorBudgetBurn', { ...scope, outspan_slo: 'availability' })]);
    await until('the page about the other provider', NOTIFIED_WITHIN_MS, async () => about('gen_ai_provider_name', 'fine').length > 0);
    await waitOut('after-fine');
    expect(namesIn(about('gen_ai_provider_name', 'fine'))).toEqual([['OutspanQuotaExhausted']]);
  });

  it('page once for a bad release, whatever it burns, and still for another service', async () => {
    const burns = (service: string): Labels[] => HURRIED.slos.map(({ name, by }) => alertOf('OutspanErrorBudgetBurn', { outspan_slo: name, service_name: service, ...(by.includes('gen_ai_provider_name') && { gen_ai_provider_name: 'p' }) }));
    const regression = alertOf('OutspanReleaseRegression', { service_name: 'shop', service_version: '2', gen_ai_provider_name: 'p' });
    await post(alertmanager, [...burns('shop'), regression, ...burns('bank')]);
    await waitOut('after-release');
    expect(namesIn(about('service_name', 'shop'))).toEqual([['OutspanReleaseRegression']]);
    // But for the SLO that names no provider, which the incident of the provider above silences.
    const [bank, ...others] = about('service_name', 'bank');
    expect(others).toEqual([]);
    expect(bank?.alerts.map(({ labels }) => labels['alertname'])).toEqual(DEFAULT_SLOS.map(() => 'OutspanErrorBudgetBurn'));
    expect(await render('{{ template "outspan.subject" . }}', bank)).toContain('[page] Unclear: OutspanErrorBudgetBurn (+6 more)');
  });

  it('do not let a ticket silence a page', async () => {
    const scope = { service_name: 'slow', gen_ai_provider_name: 'slow' };
    await post(alertmanager, [alertOf('OutspanRateLimitHeadroomLow', scope), alertOf('OutspanErrorBudgetBurn', { ...scope, outspan_slo: 'availability' }), alertOf('OutspanErrorBudgetBurnSlow', { ...scope, outspan_slo: 'availability' })]);
    await until('both notifications', NOTIFIED_WITHIN_MS, async () => about('service_name', 'slow').length >= 2);
    expect(about('service_name', 'slow').map(({ receiver, alerts }) => [receiver, alerts.map(({ labels }) => labels['alertname'])])).toEqual([
      ['outspan-page', ['OutspanErrorBudgetBurn']],
      ['outspan-ticket', ['OutspanRateLimitHeadroomLow']],
    ]);
  });

  it('tell when it is over', async () => {
    const over = [alertOf('OutspanProviderIncident', { gen_ai_provider_name: 'recovers' })];
    await post(alertmanager, over);
    await until('the page', NOTIFIED_WITHIN_MS, async () => about('gen_ai_provider_name', 'recovers').length > 0);
    await post(alertmanager, over, { ended: true });
    await until('the resolve', NOTIFIED_WITHIN_MS, async () => about('gen_ai_provider_name', 'recovers').length > 1);
    expect(about('gen_ai_provider_name', 'recovers').map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it.each([
    ['quotes', `"'\`\\`],
    ['braces', '{{ .Labels }} {{ template "x" }} ${x} }}'],
    ['line breaks', 'a\nRunbook: https://evil.example\r\n\tb'],
    ['ten kilobytes', 'x'.repeat(10_240)],
    ['mentions', '<!channel> <https://evil.example|click>'],
  ])('carry a label value with %s, and write it on one short line', async (_what, value) => {
    const provider = `${value}!`;
    const annotations = { summary: `${value} fails`, description: `Of ${value} 42 % fail.`, runbook_url: `https://runbooks.example/OutspanProviderIncident.md`, failures: '3 of 9 operations failed < 0.2', query: 'a > 0.1 < 0.2' };
    await post(alertmanager, [alertOf('OutspanProviderIncident', { gen_ai_provider_name: provider })], { annotations });
    const [notification] = await until('the page', NOTIFIED_WITHIN_MS, async () => {
      const found = about('gen_ai_provider_name', provider);
      return found.length > 0 && found;
    });
    expect(notification?.alerts[0]?.annotations).toEqual(annotations);

    const subject = await render('{{ template "outspan.subject" . }}', notification);
    expect(subject.trimEnd()).toMatch(/^\[page\] Provider: /);
    expect(subject.trimEnd().split('\n')).toHaveLength(1);
    expect(subject.length).toBeLessThan(250);

    const body = await render('{{ template "outspan.text" . }}', notification);
    expect(body.split('\n').filter((line) => line.startsWith('Runbook: '))).toEqual(['Runbook: https://runbooks.example/OutspanProviderIncident.md']);
    expect(body).toContain("The provider's move");
    expect(body).toContain('3 of 9 operations failed < 0.2');
    expect(body).not.toContain('a > 0.1 < 0.2');
    expect(body).not.toMatch(/<[!h]/);
    expect(body.length).toBeLessThan(4_000);
  });
});

const run = promisify(execFile);

async function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-routing-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function amtool(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(binaries().amtool, args, { env: { HOME: folder } });
  return stdout;
}

/** What a template makes of a notification. */
function render(template: string, notification: Notification | undefined): Promise<string> {
  return inFolder({ ...filesOf(DEFAULT_MODEL), 'data.json': JSON.stringify(notification) }, (folder) =>
    amtool(folder, 'template', 'render', `--template.glob=${join(folder, '*.tmpl')}`, `--template.text=${template}`, `--template.data=${join(folder, 'data.json')}`),
  );
}

const HOSTILE = 'a"b\\c\n}|.*';

describe.runIf(haveBackends)("the generated routes, in Alertmanager's own tool", () => {
  it.each([
    ['defaults', DEFAULT_MODEL],
    ['webhooks', { ...DEFAULT_MODEL, receivers: { page: { webhook: 'https://example.com/?a={{b}}' }, ticket: { webhook: 'https://example.com/"' } } }],
    ['the smallest time scale', { ...DEFAULT_MODEL, timeScale: 1e-6 }],
    ['every alert off', { ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, disabled: ALERTS.map(({ name }) => name) } }],
    ['no SLOs', { ...DEFAULT_MODEL, slos: [] }],
    ['SLOs of all kinds', { ...DEFAULT_MODEL, slos: [...DEFAULT_SLOS, BY_SERVICE, { ...BY_SERVICE, name: 'x', by: [], where: { gen_ai_provider_name: [HOSTILE, 'b'], service_name: [HOSTILE] } }] }],
  ] satisfies readonly (readonly [string, Model])[])('are accepted with %s', async (_what, model) => {
    const said = await inFolder(filesOf(model), (folder) => amtool(folder, 'check-config', join(folder, 'alertmanager.yaml')));
    expect(said).toContain('1 templates');
    expect(said).not.toContain('FAILED');
  });

  it.each(ALERTS)('take $name where its severity belongs', async ({ name, severity }) => {
    const labels = Object.entries(alertOf(name, { gen_ai_provider_name: 'p', service_name: 's', outspan_slo: 'availability' })).map(([label, value]) => `${label}=${value}`);
    const receiver = await inFolder(filesOf(DEFAULT_MODEL), (folder) => amtool(folder, 'config', 'routes', 'test', `--config.file=${join(folder, 'alertmanager.yaml')}`, ...labels));
    expect(receiver.trim()).toBe(`outspan-${severity}`);
  });

  it('leave the alerts of others to others', async () => {
    const receiver = await inFolder(filesOf(DEFAULT_MODEL), (folder) => amtool(folder, 'config', 'routes', 'test', `--config.file=${join(folder, 'alertmanager.yaml')}`, 'alertname=DiskFull', 'severity=page'));
    expect(receiver.trim()).toBe('other-alerts');
  });
});
