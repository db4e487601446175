module.exports = {
  ...require('../../jest.preset.cjs')(__dirname, { decorators: true }),
  globalSetup: require.resolve('@elucidate/embedded/jest-setup'),
  globalTeardown: require.resolve('@elucidate/embedded/jest-teardown'),
};
