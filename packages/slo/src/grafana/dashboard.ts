import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ALERTS, FAULT_LABEL } from '../alerts/catalogue.ts';
import type { Model } from '../model/model.ts';
import { is, oneOf, series as select } from '../prometheus/promql.ts';
import { BASE, LABEL, SLO_SERIES } from '../prometheus/series.ts';
import { DASHBOARD_TAG, type DashboardName, type VariableName } from './dashboards.ts';
import { grafanaDuration } from './duration.ts';
import { DATASOURCE, panel, type PanelSpec } from './panel.ts';
import { COMMON_VARIABLES, legend, selected, selectedWherePresent, VARIABLE_LABEL } from './queries.ts';

/** A heading and the panels below it. */
export interface Row {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** What each variable is called on the dashboard, and which series and other variables its values are looked up by. */
const VARIABLES: Readonly<Record<VariableName, { readonly label: string; readonly series: string; readonly within: readonly VariableName[] }>> = {
  environment: { label: 'Environment', series: BASE.operations, within: [] },
  service: { label: 'Service', series: BASE.operations, within: ['environment'] },
  provider: { label: 'Provider', series: BASE.operations, within: ['environment', 'service'] },
  model: { label: 'Model', series: BASE.operations, within: ['environment', 'service', 'provider'] },
  slo: { label: 'SLO', series: SLO_SERIES.objective, within: [] },
};

/** Puts a dashboard together: its variables, its links to the others and to Jaeger, and its panels from top to bottom. */
export function dashboard(model: Model, name: DashboardName, variables: readonly VariableName[], rows: readonly Row[]): Dashboard {
  const minimumStep = grafanaDuration(model.interval);
  const builder = new DashboardBuilder(name.title)
    .uid(name.uid)
    .description(name.description)
    .tags([DASHBOARD_TAG])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(firingAlerts(minimumStep))
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .link(shown(new DashboardLinkBuilder('Outspan').type(DashboardLinkType.Dashboards).tags([DASHBOARD_TAG]).includeVars(true).keepTime(true)));
  for (const variable of variables) builder.withVariable(queryVariable(variable));
  for (const [title, url] of outsideLinks(model)) builder.link(shown(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true)));
  let id = 0;
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const spec of panels) builder.withPanel(panel(spec, ++id, minimumStep));
  }
  return builder.build();
}

/** Marks on every graph while an alert fires that is about what is chosen. */
function firingAlerts(step: string): AnnotationQueryBuilder {
  const names = oneOf('alertname', ALERTS.map(({ name }) => name));
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('red')
    .expr(select('ALERTS', names, is('alertstate', 'firing'), ...selectedWherePresent(COMMON_VARIABLES)))
    .step(step)
    .titleFormat('{{alertname}}')
    .textFormat(legend([LABEL.provider, LABEL.model, LABEL.service, LABEL.version, LABEL.slo]))
    .tagKeys(`severity,${FAULT_LABEL}`);
}

/** A link beside the variables. The builder's own default hides links in a menu, and has no way to say otherwise. */
function shown(link: DashboardLinkBuilder): Builder<DashboardLink> {
  const { placement: _menu, ...rest } = link.build();
  return { build: () => rest };
}

function queryVariable(variable: VariableName): QueryVariableBuilder {
  const { label, series, within } = VARIABLES[variable];
  return new QueryVariableBuilder(variable)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${select(series, ...selected(within))}, ${VARIABLE_LABEL[variable]})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    // Matches series without the label too: not everyone names an environment.
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

function outsideLinks({ links }: Model): (readonly [title: string, url: string])[] {
  return [
    ...(links.jaeger === undefined ? [] : [['Jaeger', `${links.jaeger}/search`] as const]),
    // A relative path leads nowhere from within Grafana.
    ...(URL.canParse(links.runbooks) ? [['Runbooks', links.runbooks] as const] : []),
  ];
}
