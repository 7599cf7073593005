// Starts its own SDK first, as an application does that has it in code.
require('./sdk.cjs');
require('./calls.cjs');
