// Starts its own SDK first, as an application does that has it in code.
import './sdk.mjs';
import './calls.mjs';
