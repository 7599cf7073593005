import { expect, it } from 'vitest';
import { isNativeScope, scopeOf } from './native-spans.ts';

it.each([
  ['com.anthropic.sdk.typescript', true],
  ['com.anthropic.sdk.typescript.bedrock', true],
  ['com.anthropic.sdk.typescript.vertex', true],
  ['com.anthropic.sdk', false],
  ['com.anthropic.sdk.typescriptish', false],
  ['@opentelemetry/instrumentation-http', false],
  ['', false],
])('the scope %j is that of an SDK that traces its own calls: %s', (scope, native) => {
  expect(isNativeScope(scope)).toBe(native);
});

it.each([['instrumentationScope'], ['instrumentationLibrary']])('the scope of a span is found by the name that its SDK has for it: %s', (name) => {
  expect(scopeOf({ [name]: { name: 'application' } })).toBe('application');
});
