/** Package `webgpu` for tests: its one ES module does not compile to CommonJS, so this is the native addon under it. */
const { dirname, join } = require('node:path');

const platform = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;
module.exports = require(join(dirname(require.resolve('webgpu/package.json')), 'dist', platform, 'dawn.node'));
