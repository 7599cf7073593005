/** An SDK of the application's own, for what variables cannot say: a redaction hook, or a narrow bound. */
import { appendFileSync } from 'node:fs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { outspanInstrumentations } from '@outspan/node';

const { SECRETS_SEEN_BY_HOOK: seen, SECRETS_CONTENT_BYTES: bytes } = process.env;

const options = {
  captureContent: 'span_and_event' as const,
  ...(bytes !== undefined && { limits: { contentBytes: Number(bytes) } }),
  ...(seen !== undefined && {
    redact({ attribute, value }: { readonly attribute: string; readonly value: unknown }) {
      appendFileSync(seen, `${attribute} ${JSON.stringify(value)}\n`);
      return [{ role: 'redacted', parts: [{ type: 'text', content: 'HIDDEN' }] }];
    },
  }),
};

const sdk = new NodeSDK({ instrumentations: outspanInstrumentations(options) });
sdk.start();
process.once('beforeExit', () => void sdk.shutdown());
