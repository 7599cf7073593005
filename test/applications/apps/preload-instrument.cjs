// Shows a tracer of files the import of `node --require @outspan/node/instrument`.
require('@outspan/node/instrument');
