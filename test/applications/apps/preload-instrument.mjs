// Shows a tracer of files the import of `node --import @outspan/node/instrument`.
import '@outspan/node/instrument';
