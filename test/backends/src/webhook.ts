import { createServer } from 'node:http';

/** What Alertmanager sends to a webhook, as far as the tests read it. */
export interface Notification {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly Alert[];
}

/** One alert of a notification. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A receiver of notifications on loopback. */
export interface Webhook {
  readonly url: string;
  /** In the order in which they came. */
  readonly received: Notification[];
  close(): void;
}

/** Starts a receiver on a free port of 127.0.0.1. */
export async function startWebhook(): Promise<Webhook> {
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.once('end', () => {
      const notification: unknown = JSON.parse(body);
      if (isNotification(notification)) received.push(notification);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { url: `http://127.0.0.1:${address.port}/`, received, close: () => void server.close() };
}

function isNotification(value: unknown): value is Notification {
  return typeof value === 'object' && value !== null && 'alerts' in value && 'receiver' in value;
}
