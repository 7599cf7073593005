require('@outspan/node/register');
require('./commonjs.cjs');
