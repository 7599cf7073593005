// axios, with retries of the application's own.
import { trace } from '@opentelemetry/api';
import axios from 'axios';
import { inSpans, makeCalls, withRetries } from './make-calls.cjs';

const post = async (url, json) => {
  const { status, data } = await axios.post(url, json, { validateStatus: null });
  return { status, body: data };
};
await makeCalls(withRetries(post), inSpans(trace));
