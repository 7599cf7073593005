// Plain node:http, with retries of the application's own.
const { trace } = require('@opentelemetry/api');
const http = require('node:http');
const { inSpans, makeCalls, postBy, withRetries } = require('./make-calls.cjs');

void makeCalls(withRetries(postBy(http)), inSpans(trace));
