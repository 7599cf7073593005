import { Document } from 'yaml';
import { recentRules } from '../alerts/recent-rules.ts';
import { alertRules, type AlertRule } from '../alerts/rules.ts';
import type { Model } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { baseRules } from './base-rules.ts';
import type { AlertingRule, RuleGroup } from './rule.ts';
import { promDuration } from './series.ts';
import { sloRules, sloTileRules } from './slo-rules.ts';

/** Recording and alerting rules, in one file for Prometheus' `rule_files`. */
export const prometheusFiles: Generator = (model) => {
  const document = new Document({ groups: ruleGroups(model) }, { aliasDuplicateObjects: false });
  document.commentBefore = ' Rules of @outspan/slo for Prometheus 3.\n Made from the model file: change that, not this.';
  return [{ path: 'prometheus/outspan.rules.yaml', text: document.toString({ lineWidth: 0 }) }];
};

/** What the file holds. */
export function ruleGroups(model: Model): readonly RuleGroup[] {
  const interval = promDuration(model.interval);
  const alerts = alertRules(model);
  return [
    { name: 'outspan-base', interval, rules: [...baseRules(model), ...sloTileRules(model)] },
    { name: 'outspan-slo', interval, rules: sloRules(model) },
    { name: 'outspan-alerts-diagnosis', interval, rules: [...recentRules(model), ...alerts.filter(({ slo }) => slo === undefined).map(alertingRule)] },
    { name: 'outspan-alerts-error-budget', interval, rules: alerts.filter(({ slo }) => slo !== undefined).map(alertingRule) },
  ].filter(({ rules }) => rules.length > 0);
}

function alertingRule({ alert, expr, for: hold, keepFiringFor, labels, annotations }: AlertRule): AlertingRule {
  return {
    alert,
    expr,
    ...(hold > 0 && { for: promDuration(hold) }),
    ...(keepFiringFor > 0 && { keep_firing_for: promDuration(keepFiringFor) }),
    labels,
    annotations,
  };
}
