// A package of the application's own repository that starts its SDK and makes its spans, with versions of its own.
const { trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');

const sdk = new NodeSDK();
sdk.start();
process.once('beforeExit', () => sdk.shutdown());

exports.trace = trace;
