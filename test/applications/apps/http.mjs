// Plain node:http, with retries of the application's own.
import { trace } from '@opentelemetry/api';
import http from 'node:http';
import { inSpans, makeCalls, postBy, withRetries } from './make-calls.cjs';

await makeCalls(withRetries(postBy(http)), inSpans(trace));
