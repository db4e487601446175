/** Jest for one project: sources are ES modules, compiled to CommonJS by swc because Jest on Node 20 cannot require(esm). */
const esmOnly = ['@nestjs', 'uid', 'iterare', 'file-type', 'load-esm', 'strtok3', 'token-types', 'uint8array-extras', '@tokenizer', '@borewit', 'es-toolkit', '@marcbachmann', '@noble', 'd3-[a-z-]+', 'internmap', 'hyparquet', 'hyparquet-writer'];

/** @param {string} rootDir the project's folder; @param {{ decorators?: boolean }} options decorators: TypeORM or Nest metadata is needed */
module.exports = (rootDir, { decorators = false } = {}) => ({
  rootDir,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@elucidate/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  moduleNameMapper: { '^webgpu$': `${__dirname}/tools/jest-webgpu.cjs`, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.m?[jt]s$': ['@swc/jest', {
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators },
        transform: decorators ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false } : {},
      },
    }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  // Jest runs tests in a context of their own, where each look at a global costs more than the arithmetic around it
  sandboxInjectedGlobals: ['Math', 'Number', 'Infinity', 'Object', 'Array', 'Map', 'Set', 'Uint8Array', 'Uint16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt'],
  // ends a test that hangs; no test has a limit of its own, since a busy machine takes its time
  testTimeout: 600_000,
});
