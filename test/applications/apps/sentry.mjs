// Sentry as its documentation has it: first of all, in a file of its own. SENTRY holds more options, as JSON. Of the requests that
// are LLM calls it makes no spans if SENTRY_IGNORES is set, as docs/set-ups.md recommends.
import * as Sentry from '@sentry/node';

const { BASE_URL, SENTRY_IGNORES } = process.env;
const integrations = SENTRY_IGNORES ? [Sentry.nativeNodeFetchIntegration({ ignoreOutgoingRequests: (url) => url.startsWith(BASE_URL) })] : [];

Sentry.init({ integrations, dsn: process.env.BACKEND?.replace('://', '://key@').concat('/1'), tracesSampleRate: 1, ...JSON.parse(process.env.SENTRY ?? '{}') });
