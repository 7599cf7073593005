// axios, with retries of the application's own.
const { trace } = require('@opentelemetry/api');
const axios = require('axios');
const { inSpans, makeCalls, withRetries } = require('./make-calls.cjs');

const post = async (url, json) => {
  const { status, data } = await axios.post(url, json, { validateStatus: null });
  return { status, body: data };
};
void makeCalls(withRetries(post), inSpans(trace));
