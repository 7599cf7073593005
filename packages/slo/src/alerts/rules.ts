import type { Model, Severity } from '../model/model.ts';
import type { Expr } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { alertsOf, FAULT_LABEL, type AlertName } from './catalogue.ts';
import { errorBudgetAlerts } from './error-budget.ts';
import { failuresOfOneKind } from './failures-of-one-kind.ts';
import { linksOf } from './links.ts';
import { modelChanged } from './model-changed.ts';
import { providerIncident } from './provider-incident.ts';
import { rateLimitHeadroomLow } from './rate-limit-headroom-low.ts';
import { releaseRegression } from './release-regression.ts';
import { retryStorm } from './retry-storm.ts';
import { same } from './template.ts';
import { trafficVanished } from './traffic-vanished.ts';
import { truncationBurst } from './truncation-burst.ts';

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
  return alertsOf(model).flatMap(({ name, severity, fault }) =>
    alerts
      .filter((alert) => alert.name === name)
      .map((alert) => ({
        alert: name,
        slo: alert.slo,
        severity,
        expr: alert.expr,
        for: alert.hold,
        keepFiringFor: alert.linger,
        labels: { severity, [FAULT_LABEL]: fault, ...(alert.slo !== undefined && { [LABEL.slo]: alert.slo }) },
        annotations: {
          summary: alert.summary,
          description: alert.description,
          query: alert.query(...alert.narrowedBy.map(same)),
          ...linksOf(model, alert),
        },
        query: alert.query(),
      })),
  );
}
