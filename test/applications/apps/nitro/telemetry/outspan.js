import '@outspan/node/register';

export default () => undefined;
