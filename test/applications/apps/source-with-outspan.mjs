// A source to be bundled that has Outspan in code, on its first line.
import '@outspan/node/register';
import './source.mjs';
