// What every application here does: it asks four times. The provider fails the last question twice.

exports.ASK = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
exports.BASE_URL = process.env.BASE_URL ?? '';

const direct = (_name, work) => work();

/** Makes each call in a span of the application's own, if it has the API. */
exports.inSpans = (trace) => (name, work) =>
  trace.getTracer('application').startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });

exports.makeCalls = async (ask, within = direct, say = console.log) => {
  for (const name of ['first', 'second', 'third', 'retried']) {
    const answer = await within(name, ask);
    const [choice] = answer.choices;
    say(`${name}: ${choice.finish_reason}, ${choice.message.content.length} characters`);
  }
};

/** What applications do that retry by themselves: three tries, `post` gives status and body. */
exports.withRetries = (post) => async () => {
  for (let left = 2; ; left--) {
    const { status, body } = await post(`${exports.BASE_URL}/chat/completions`, exports.ASK);
    if (status < 500 || left === 0) return body;
  }
};

/** A POST of JSON by node:http, whose module each application imports for itself. */
exports.postBy = (http) => (url, json) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: response.statusCode === 200 ? JSON.parse(text) : undefined }));
    });
    request.on('error', reject);
    request.end(JSON.stringify(json));
  });
