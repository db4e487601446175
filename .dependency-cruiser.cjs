/** Types of the API, made before the dashboard's types are checked. */
const generated = '^\\./schema\\.js$';

/** Packages that need not be installed. */
const optional = '^(webgpu|@tensorflow/tfjs-node(-gpu)?|@tensorflow/tfjs-backend-webgpu)$';

/** Part of `nx lint`: no file may import itself by way of others, in its project or across; imports of types alone count. */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    // what tsc finds in dist/ although its source is gone
    { name: 'no-missing-files', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: [optional, generated] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', 'libs/engine/assembly/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@elucidate/source', 'import', 'node'], extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js'] },
  },
};
