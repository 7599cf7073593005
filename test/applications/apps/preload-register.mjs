// Shows a tracer of files the import of `node --import @outspan/node/register`.
import '@outspan/node/register';
