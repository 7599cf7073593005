module.exports = {
  rootDir: process.env.TESTS,
  testMatch: ['**/*.test.cjs'],
  transform: {},
  watchman: false,
  maxWorkers: 1,
  cacheDirectory: process.env.CACHE,
};
