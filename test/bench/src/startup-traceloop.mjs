// Traceloop as its documentation has it.
import { initialize } from '@traceloop/node-server-sdk';

initialize({ appName: 'startup', disableBatch: false, silenceInitializationMessage: true, traceloopSyncEnabled: false, baseUrl: 'http://127.0.0.1:9', apiKey: 'key' });
