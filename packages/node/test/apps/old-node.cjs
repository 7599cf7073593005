// Makes this process look like the Node.js version that the environment names.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.PRETENDED_NODE } });
