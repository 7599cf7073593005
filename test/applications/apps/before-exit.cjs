// An application that posts a figure when it has nothing left to do. LISTENER says how.
const http = require('node:http');

const agent = new http.Agent({ keepAlive: true });
let posted = 0;

function post() {
  // It never gets that far by itself.
  if (++posted > 300) process.exit(7);
  const request = http.request(process.env.FIGURES ?? '', { method: 'POST', agent });
  // No figure is worth waiting for.
  request.on('socket', (socket) => socket.unref());
  request.on('response', (response) => response.resume());
  request.on('error', () => undefined);
  request.end('{}');
}

const LISTENERS = {
  once: () => process.once('beforeExit', post),
  'until it is guarded': () => {
    let done = false;
    process.on('beforeExit', () => {
      if (!done) post();
      done = true;
    });
  },
  'each time': () => process.on('beforeExit', post),
};
LISTENERS[process.env.LISTENER ?? 'once']();
require('./plain.cjs');
