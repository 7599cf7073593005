export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs' && !process.env.UNTRACED) await import('./telemetry.js');
}
