/**
 * SLOs, alerts, dashboards and runbooks for LLM calls, generated from one model.
 *
 * @packageDocumentation
 */
export { DEFAULT_MODEL } from './model/defaults.ts';
export { type Finding, findingInWords } from './model/finding.ts';
export type { AlertSettings, Links, Model, Origin, Receivers, Severity, Sli, SliKind, Slo, Source } from './model/model.ts';
export { type ParsedModel, parseModel, type ParseOptions } from './model/parse.ts';
export { generate, OUTPUT_KINDS, type OutputKind } from './outputs/generators.ts';
export type { OutputFile } from './outputs/output-file.ts';
