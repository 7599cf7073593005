// An application's first line, after all that was imported before it.
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ elapsed: performance.now(), cpu: (user + system) / 1_000, memory: process.memoryUsage().rss }));
