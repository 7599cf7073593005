import type { Model, Severity } from '../model/model.ts';
import { duringMaintenance, without } from '../prometheus/left-out.ts';
import { group, type Expr } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { alertsOf, FAULT_LABEL, type AlertKind, type AlertName } from './catalogue.ts';
import { errorBudgetAlerts } from './error-budget.ts';
import { figuresOf } from './figures.ts';
import { failuresOfOneKind } from './failures-of-one-kind.ts';
import { linksOf } from './links.ts';
import { modelChanged } from './model-changed.ts';
import { providerIncident } from './provider-incident.ts';
import { rateLimitHeadroomLow } from './rate-limit-headroom-low.ts';
import { releaseRegression } from './release-regression.ts';
import { retryStorm } from './retry-storm.ts';
import { policiesOf, severityTemplate } from './severity.ts';
import { same } from './template.ts';
import { trafficVanished } from './traffic-vanished.ts';
import { truncationBurst } from './truncation-burst.ts';
import { diagnosisWindows } from './windows.ts';

/** An alert as Prometheus is to evaluate it. */
export interface AlertRule {
  readonly alert: AlertName;
  /** The SLO that it is about; undefined for the diagnosing alerts. */
  readonly slo: string | undefined;
  readonly severity: Severity;
  readonly expr: Expr;
  /** Seconds that {@link expr} has to hold before the alert fires. */
  readonly for: number;
  /** Seconds that it goes on firing after that. */
  readonly keepFiringFor: number;
  /** Added to those that {@link expr} has. */
  readonly labels: Readonly<Record<string, string>>;
  /** Templates. */
  readonly annotations: Readonly<Record<string, string>>;
  /** What to look at, for all that it may be about: a query without templates. */
  readonly query: Expr;
}

/** Every alert that the model leaves on, the most telling first; those of error budgets once for each SLO. */
export function alertRules(model: Model): readonly AlertRule[] {
  const alerts: readonly Alert[] = [
    providerIncident(model),
    releaseRegression(model),
    ...failuresOfOneKind(model),
    truncationBurst(model),
    trafficVanished(model),
    retryStorm(model),
    rateLimitHeadroomLow(model),
    modelChanged(model),
    ...errorBudgetAlerts(model),
  ];
  return alertsOf(model).flatMap(({ name, severity, fault, labels }) =>
    alerts
      .filter((alert) => alert.name === name)
      .map((alert) => ({
        alert: name,
        slo: alert.slo,
        severity,
        expr: alert.slo === undefined ? withoutMaintenance(model, alert.expr, labels) : alert.expr,
        for: alert.hold,
        keepFiringFor: alert.linger,
        labels: { severity: severityTemplate(severity, policiesOf(model, { name }, labelsOf(model, alert, labels))), [FAULT_LABEL]: fault, ...(alert.slo !== undefined && { [LABEL.slo]: alert.slo }) },
        annotations: {
          summary: alert.summary,
          description: alert.description,
          ...figuresOf(model, alert, labelsOf(model, alert, labels)),
          query: alert.query(...alert.narrowedBy.map(same)),
          ...linksOf(model, alert, labelsOf(model, alert, labels)),
        },
        query: alert.query(),
      })),
  );
}

/** The labels that an alert has. */
function labelsOf({ slos }: Model, { slo }: Alert, labels: AlertKind['labels']): readonly string[] {
  return labels === 'slo' ? (slos.find(({ name }) => name === slo)?.by ?? []) : labels;
}

/** An alert looks back, so that it is silent a while longer than the maintenance lasts. What the alert does not name cannot silence it. */
function withoutMaintenance(model: Model, expr: Expr, labels: AlertKind['labels']): Expr {
  const { recent } = diagnosisWindows(model);
  const planned = model.maintenance.filter(({ where }) => Object.keys(where).every((label) => labels.includes(label)));
  return planned.length === 0 ? expr : without(group(expr), planned.map((each) => ({ where: each.where, when: duringMaintenance(each, model.ingestionDelay, recent) })));
}
