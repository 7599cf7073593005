import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, DashboardLinkType, FieldColorBuilder, FieldColorModeId, ThresholdsConfigBuilder, ThresholdsMode, type DynamicConfigValue, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { HeatmapColorMode, HeatmapColorOptionsBuilder, HeatmapTooltipBuilder, PanelBuilder as HeatmapBuilder, RowsHeatmapOptionsBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import * as units from '@grafana/grafana-foundation-sdk/units';
import type { PanelQuery } from './queries.ts';

/** What a panel's figures are. */
export type Unit = 'share' | 'count' | 'seconds' | 'factor';

/** A figure from which on things are better or worse. */
export interface Threshold {
  readonly value: number;
  readonly color: Color;
}

/** Names of Grafana's palette, which follow its theme. */
export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text' | 'transparent';

interface PanelBase {
  readonly title: string;
  /** In plain words: what is seen, and what to make of it. */
  readonly description: string;
  /** In 24ths of the dashboard's width; default 12, tables 24. */
  readonly width?: number;
}

/** Figures over time. */
export interface GraphSpec extends PanelBase {
  /** `bars`: counts, stacked; each bar is what happened since the one before. */
  readonly kind: 'lines' | 'bars';
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** Dashed lines across the graph. */
  readonly thresholds?: readonly Threshold[];
  /** Colours of series whose name says whether they are good. */
  readonly colors?: Readonly<Record<string, Color>>;
  /** The queries read histograms: show traces that stand behind them. */
  readonly exemplars?: boolean;
  /** A link from a point of the graph. */
  readonly link?: PanelLink;
}

/** How a histogram's values are spread, over time. */
export interface HeatmapSpec extends PanelBase {
  readonly kind: 'heatmap';
  /** Its series are buckets of seconds, or one native histogram of seconds. */
  readonly query: PanelQuery;
}

/** What holds now, or for the dashboard's whole range; one row for each combination of labels. */
export interface TableSpec extends PanelBase {
  readonly kind: 'table';
  /** Label → heading, in this order. */
  readonly labels: Readonly<Record<string, string>>;
  /** Every query gives one figure for each row. */
  readonly columns: readonly ColumnSpec[];
  /** Heading of the column that the worst rows are found by. */
  readonly sortBy: { readonly column: string; readonly descending: boolean };
}

/** A column of figures. */
export interface ColumnSpec extends PanelQuery {
  readonly unit: Unit;
  readonly decimals?: number;
  readonly thresholds?: readonly Threshold[];
  /** Colour below the first threshold; default green. */
  readonly base?: Color;
}

export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

export type PanelSpec = GraphSpec | HeatmapSpec | TableSpec;

/** The Prometheus that the user chose. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

const UNIT: Readonly<Record<Unit, string>> = {
  share: units.PercentUnit,
  count: units.Short,
  seconds: units.Seconds,
  factor: units.Short,
};

const GRAPH_HEIGHT = 8;
const TABLE_HEIGHT = 9;

/**
 * Makes a panel.
 * @param minimumStep how far apart two points are at least, as Grafana spells it: the recorded figures are no finer
 */
export function panel(spec: PanelSpec, id: number, minimumStep: string): Builder<Panel> {
  if (spec.kind === 'heatmap') return heatmap(spec, id, minimumStep);
  if (spec.kind === 'table') return table(spec, id);
  return graph(spec, id, minimumStep);
}

function graph(spec: GraphSpec, id: number, minimumStep: string): Builder<Panel> {
  const { thresholds = [], colors = {}, exemplars = false, link } = spec;
  const builder = begin(new TimeSeriesBuilder(), spec, id, GRAPH_HEIGHT)
    .interval(minimumStep)
    .unit(UNIT[spec.unit])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .showPoints(VisibilityMode.Auto)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs([]))
    .targets(spec.queries.map((query, index) => target(query, index, minimumStep).range().exemplar(exemplars).format(PromQueryFormat.TimeSeries)));
  if (spec.kind === 'bars') {
    builder.drawStyle(GraphDrawStyle.Bars).fillOpacity(80).lineWidth(0).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  } else {
    builder.drawStyle(GraphDrawStyle.Line).fillOpacity(8).axisSoftMin(0);
  }
  if (thresholds.length > 0) {
    builder.thresholds(steps('transparent', thresholds)).thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [name, color] of Object.entries(colors)) builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
  if (link !== undefined) builder.dataLinks([new DashboardLinkBuilder(link.title).type(DashboardLinkType.Link).url(link.url).targetBlank(true)]);
  return builder;
}

function heatmap(spec: HeatmapSpec, id: number, minimumStep: string): Builder<Panel> {
  return begin(new HeatmapBuilder(), spec, id, GRAPH_HEIGHT)
    .interval(minimumStep)
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').fill('dark-orange').exponent(0.5).steps(64))
    .yAxis(new YAxisConfigBuilder().unit(UNIT.seconds))
    .cellGap(1)
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true).showColorScale(true))
    .exemplarsColor('rgba(255,0,255,0.7)')
    .withTarget(target(spec.query, 0, minimumStep).range().exemplar(true).format(PromQueryFormat.Heatmap));
}

function table(spec: TableSpec, id: number): Builder<Panel> {
  const { labels, columns, sortBy } = spec;
  const values = columns.map(({ legend }, index) => [`Value #${refId(index)}`, legend] as const);
  const builder = begin(new TableBuilder(), spec, id, TABLE_HEIGHT)
    .targets(columns.map((column, index) => target(column, index).instant().exemplar(false).format(PromQueryFormat.Table)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries([...Object.keys(labels), ...values.map(([field]) => field)].map((field, index) => [field, index])),
        renameByName: { ...labels, ...Object.fromEntries(values) },
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy.column).desc(sortBy.descending)]);
  for (const column of columns) builder.overrideByName(column.legend, columnProperties(column));
  return builder;
}

function columnProperties({ unit, decimals, thresholds, base = 'green' }: ColumnSpec): DynamicConfigValue[] {
  return [
    { id: 'unit', value: UNIT[unit] },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(thresholds === undefined
      ? []
      : [
          { id: 'thresholds', value: steps(base, thresholds).build() },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ]),
  ];
}

/** What the builders of all kinds of panels can do. */
interface AnyPanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  span(width: number): this;
  height(height: number): this;
}

function begin<B extends AnyPanelBuilder>(builder: B, spec: PanelSpec, id: number, height: number): B {
  return builder
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .span(spec.width ?? (spec.kind === 'table' ? 24 : 12))
    .height(height);
}

function target({ expr, legend }: PanelQuery, index: number, minimumStep?: string): DataqueryBuilder {
  const builder = new DataqueryBuilder().refId(refId(index)).datasource(DATASOURCE).expr(expr).legendFormat(legend).editorMode(QueryEditorMode.Code);
  return minimumStep === undefined ? builder : builder.interval(minimumStep);
}

/** A, B, C … */
function refId(index: number): string {
  return String.fromCodePoint(65 + index);
}

function steps(base: Color, thresholds: readonly Threshold[]): ThresholdsConfigBuilder {
  // Grafana wants them from the lowest on.
  const ordered = thresholds.toSorted((a, b) => a.value - b.value);
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: base }, ...ordered]);
}
