import '@outspan/node/register';
import './esm.mjs';
