// Shows a tracer of files the import of `node --require @outspan/node/register`.
require('@outspan/node/register');
