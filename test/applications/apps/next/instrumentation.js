// The variable says which way is built: Next.js puts its value here.
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  if (process.env.NEXT_PUBLIC_TELEMETRY === 'register') await import('@outspan/node/register');
  else await import('./telemetry.js');
}
