export * from './verdict/vocabulary.ts';
export type * from './verdict/evidence.ts';
export type * from './dialects/dialect.ts';
export type { JsonValue } from './body/json.ts';
