// Stands for the pager of whoever is on call: takes Alertmanager's webhook notifications, and prints each in a few lines.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PAGER_HOST = '127.0.0.1', PAGER_PORT = '4012' } = process.env;

/** The label outspan_fault in words. */
const WHOSE = {
  provider: "the provider's",
  release: "our release's",
  account: "our account's: quota, billing or credentials",
  client: "our own client's: its deadlines",
  network: "neither ours nor the provider's: something in between",
  unknown: 'not known yet',
};

const server = createServer(async (request, response) => {
  try {
    print(JSON.parse(await text(request)));
    response.writeHead(200).end();
  } catch (error) {
    console.error(`Not a notification: ${error.message}`);
    response.writeHead(400).end();
  }
});
server.listen(Number(PAGER_PORT), PAGER_HOST, () => console.log(`Waiting for pages at http://${PAGER_HOST}:${server.address().port}/`));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.closeAllConnections();
    server.close();
  });
}

function print({ alerts }) {
  for (const { status, labels, annotations } of alerts) {
    const lines =
      status === 'resolved'
        ? [`[${labels.severity} resolved] ${labels.alertname}`, `  It was: ${annotations.summary}`]
        : [
            `[${labels.severity}] ${labels.alertname}`,
            `  Whose fault: ${WHOSE[labels.outspan_fault] ?? labels.outspan_fault}`,
            `  ${annotations.summary}`,
            `  ${annotations.description}`,
            ...[annotations.failures, annotations.spread, annotations.budget].filter(Boolean).map((figures) => `  ${figures.trim()}`),
            `  Runbook: ${annotations.runbook_url}`,
            ...link('Dashboard', annotations.dashboard_url),
            ...link('Traces', annotations.traces_url),
          ];
    console.log(['', ...lines.map(plain)].join('\n'));
  }
}

function link(title, url) {
  return url ? [`  ${title}: ${url}`] : [];
}

/** Names of models and services come from outside: none of them may start a new line or move the terminal's cursor. */
function plain(line) {
  return line.replaceAll(/\p{Cc}/gu, ' ').slice(0, 2_000);
}
