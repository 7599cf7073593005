/** A duration as every part of Grafana reads it, in one unit: some parts take `1m30s` for `1m`. @param seconds exact to the millisecond */
export function grafanaDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
