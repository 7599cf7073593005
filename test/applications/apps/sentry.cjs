// Sentry as its documentation has it: first of all, in a file of its own. SENTRY holds more options, as JSON.
const Sentry = require('@sentry/node');

Sentry.init({ dsn: process.env.BACKEND?.replace('://', '://key@').concat('/1'), tracesSampleRate: 1, ...JSON.parse(process.env.SENTRY ?? '{}') });
