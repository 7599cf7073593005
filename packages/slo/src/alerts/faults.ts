import type { AlertKind } from './catalogue.ts';

/** Whose move it is when an alert comes, in words. */
export interface Fault {
  /** As a heading: `Provider`. */
  readonly title: string;
  /** A sentence for whoever is woken up by it. */
  readonly move: string;
}

export const FAULTS: Readonly<Record<AlertKind['fault'], Fault>> = {
  provider: { title: 'Provider', move: "The provider's move: confirm it on their status page, then shift or shed load." },
  release: { title: 'Our release', move: 'Our move: roll the release back.' },
  account: { title: 'Our account', move: 'Our move: quota, billing or credentials at the provider.' },
  client: { title: 'Our client', move: 'Our move: deadlines and limits of our own client.' },
  network: { title: 'The way there', move: 'Neither we nor the provider: a CDN, proxy or firewall in between.' },
  unknown: { title: 'Unclear', move: 'Whose move it is has to be found out: start with the runbook.' },
};
