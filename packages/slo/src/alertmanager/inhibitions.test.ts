import { describe, expect, it } from 'vitest';
import { ALERTS, type AlertName } from '../alerts/catalogue.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model, Slo } from '../model/model.ts';
import { inhibitions } from './inhibitions.ts';

function modelOf(...slos: readonly Partial<Slo>[]): Model {
  const [first] = DEFAULT_SLOS;
  if (first === undefined) throw new Error('there is a default SLO');
  return { ...DEFAULT_MODEL, slos: slos.map((slo) => ({ ...first, ...slo })) };
}

function rulesFor(model: Model, source: AlertName, target: AlertName): object[] {
  return inhibitions(model)
    .filter((rule) => rule.source === source && rule.targets.includes(target))
    .map(({ where, slos, equal }) => ({ where, slos, equal }));
}

describe('who silences whom', () => {
  it('never lets an alert silence itself, one above it, or twice the same', () => {
    for (const { source, targets } of inhibitions(DEFAULT_MODEL)) {
      const names = ALERTS.map(({ name }) => name);
      for (const target of targets) expect(names.indexOf(target), `${source} → ${target}`).toBeGreaterThan(names.indexOf(source));
      expect(new Set(targets).size).toBe(targets.length);
    }
  });

  it('never lets a ticket silence a page, whatever severities the model gives', () => {
    const severities = { OutspanProviderIncident: 'ticket', OutspanModelChanged: 'page' } as const;
    const model: Model = { ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, severities } };
    expect(rulesFor(model, 'OutspanProviderIncident', 'OutspanErrorBudgetBurn')).toEqual([]);
    expect(rulesFor(model, 'OutspanProviderIncident', 'OutspanErrorBudgetBurnSlow')).not.toEqual([]);
    expect(rulesFor(model, 'OutspanModelChanged', 'OutspanErrorBudgetBurnSlow')).not.toEqual([]);
  });

  it("lets a provider's incident silence everything else of that provider", () => {
    const others = ALERTS.filter(({ name }) => name !== 'OutspanProviderIncident');
    for (const { name, labels } of others) {
      const equal = labels === 'slo' ? ['deployment_environment_name', 'gen_ai_provider_name'] : ['deployment_environment_name', 'gen_ai_provider_name'];
      expect(rulesFor(DEFAULT_MODEL, 'OutspanProviderIncident', name), name).toEqual([{ where: {}, slos: undefined, equal }]);
    }
  });

  it('lets any incident of a provider silence an SLO that names no provider', () => {
    const model = modelOf({ name: 'all', by: ['service_name'] });
    expect(rulesFor(model, 'OutspanProviderIncident', 'OutspanErrorBudgetBurn')).toEqual([{ where: {}, slos: undefined, equal: [] }]);
  });

  it('lets only the incident of its own provider silence an SLO that counts one provider', () => {
    const model = modelOf({ name: 'one', by: ['service_name'], where: { gen_ai_provider_name: ['openai'] } });
    expect(rulesFor(model, 'OutspanProviderIncident', 'OutspanErrorBudgetBurn')).toEqual([{ where: { gen_ai_provider_name: ['openai'] }, slos: undefined, equal: [] }]);
  });

  it('lets a bad release silence the burn alerts of its service and of no other', () => {
    expect(rulesFor(modelOf({ by: ['service_name'] }), 'OutspanReleaseRegression', 'OutspanErrorBudgetBurn')).toEqual([{ where: {}, slos: undefined, equal: ['service_name'] }]);
    expect(rulesFor(modelOf({ by: ['gen_ai_provider_name'] }), 'OutspanReleaseRegression', 'OutspanErrorBudgetBurn')).toEqual([]);
  });

  it('compares the environment where the SLO is counted by it', () => {
    const by = ['deployment_environment_name', 'gen_ai_provider_name'];
    expect(rulesFor(modelOf({ by }), 'OutspanProviderIncident', 'OutspanErrorBudgetBurn')).toEqual([{ where: {}, slos: undefined, equal: by }]);
  });

  it('compares a version only where the SLO is counted by version', () => {
    expect(rulesFor(modelOf({ by: ['service_name', 'service_version'] }), 'OutspanReleaseRegression', 'OutspanErrorBudgetBurn')).toEqual([
      { where: {}, slos: undefined, equal: ['service_name', 'service_version'] },
    ]);
  });

  it('keeps SLOs with different labels apart', () => {
    const model = modelOf({ name: 'a', by: ['service_name', 'gen_ai_provider_name'] }, { name: 'b', by: ['service_name'] }, { name: 'c', by: [] });
    expect(rulesFor(model, 'OutspanProviderIncident', 'OutspanErrorBudgetBurn')).toEqual([
      { where: {}, slos: ['a'], equal: ['gen_ai_provider_name'] },
      { where: {}, slos: ['b', 'c'], equal: [] },
    ]);
    expect(rulesFor(model, 'OutspanQuotaExhausted', 'OutspanErrorBudgetBurn').map((rule) => Object.values(rule)[1])).toEqual([['a'], ['b']]);
  });

  it('lets the page of an SLO silence its own ticket', () => {
    const model = modelOf({ name: 'a', by: ['service_name'] }, { name: 'b', by: ['gen_ai_request_model'] });
    expect(rulesFor(model, 'OutspanErrorBudgetBurn', 'OutspanErrorBudgetBurnSlow')).toEqual([{ where: {}, slos: undefined, equal: ['outspan_slo', 'service_name', 'gen_ai_request_model'] }]);
  });

  it('leaves out alerts that are off', () => {
    const model: Model = { ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, disabled: ['OutspanProviderIncident', 'OutspanErrorBudgetBurn'] } };
    const named = inhibitions(model).flatMap(({ source, targets }) => [source, ...targets]);
    expect(named).not.toContain('OutspanProviderIncident');
    expect(named).not.toContain('OutspanErrorBudgetBurn');
  });
});
