module.exports = {
  ...require('../jest.preset.cjs')(__dirname, { decorators: true }),
  globalSetup: require.resolve('./jest/setup.cjs'),
  globalTeardown: require.resolve('@elucidate/embedded/jest-teardown'),
};
