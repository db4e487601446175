/** Part of `nx lint`: no file may import itself by way of others, in its project or across; imports of types alone count. */
module.exports = {
  forbidden: [{ name: 'no-circles', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', 'libs/engine/assembly/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@elucidate/source', 'import', 'node'], extensions: ['.ts', '.mjs', '.cjs', '.js'] },
  },
};
