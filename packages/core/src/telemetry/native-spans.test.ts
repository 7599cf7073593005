import { expect, it } from 'vitest';
import { isNativeScope } from './native-spans.ts';

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
