export default {
  preset: 'node-server',
  compatibilityDate: '2026-11-01',
  plugins: ['telemetry/outspan.js'],
  // Nitro drops imports of which nothing is used.
  moduleSideEffects: ['@outspan/node/register'],
};
