import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import ts from 'typescript-eslint';

/** layer -> the layers it may import. Read downwards: nothing imports a line above its own. */
const may = {
  chaos: ['e2e', 'embedded', 'shell', 'spec'],
  e2e: ['store', 'embedded', 'metrics', 'shell', 'spec'],
  bench: ['training', 'engine', 'metrics', 'statistics', 'math', 'dispatch', 'store', 'embedded', 'shell', 'spec'],
  server: ['web', 'report', 'figures', 'dispatch', 'store', 'shell', 'spec'],
  web: ['figures', 'spec'],
  runner: ['runtime', 'stages', 'training', 'engine', 'report', 'figures', 'dispatch', 'store', 'embedded', 'shell', 'spec'],
  runtime: ['stages', 'training', 'engine', 'shell', 'spec'],
  stages: ['training', 'engine', 'figures', 'metrics', 'math', 'spec'],
  training: ['engine', 'math', 'spec'],
  dispatch: ['store', 'spec'],
  store: ['migration', 'statistics', 'spec'],
  embedded: ['spec'],
  shell: ['spec'],
  engine: ['engine', 'spec'],
  migration: [],
  report: ['figures', 'store', 'spec'],
  figures: ['math', 'spec'],
  math: [],
  spec: ['metrics', 'statistics'],
  metrics: [],
  statistics: [],
};

/** layers whose npm imports are limited to what is listed here. */
const npm = { metrics: [], statistics: [], math: ['@tensorflow/tfjs-core'], spec: ['zod', 'yaml', '@marcbachmann/cel-js', '@noble/hashes/*', 'fastest-levenshtein', 'fast-check'], migration: ['typeorm'] };

const depConstraints = Object.entries(may).map(([layer, below]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: below.map((other) => `layer:${other}`),
  ...(npm[layer] && { allowedExternalImports: npm[layer] }),
}));

/** Tests may also start the embedded Postgres and state properties with fast-check. */
const testConstraints = depConstraints.map((rule) => ({
  ...rule,
  ...(['layer:server', 'layer:dispatch', 'layer:store'].includes(rule.sourceTag) && { onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'layer:embedded'] }),
  ...(rule.allowedExternalImports && { allowedExternalImports: [...rule.allowedExternalImports, 'fast-check'] }),
}));

const boundaries = (constraints) => ({
  '@nx/enforce-module-boundaries': ['error', { depConstraints: constraints, banTransitiveDependencies: true, enforceBuildableLibDependency: false }],
});

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.nx/**', '**/.elucidate/**', 'libs/*/assembly/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  { files: ['**/*.{ts,tsx}'], plugins: { '@nx': nx }, rules: { ...boundaries(depConstraints), 'max-params': ['error', { max: 4 }], '@typescript-eslint/triple-slash-reference': ['error', { path: 'always', types: 'prefer-import', lib: 'never' }], '@typescript-eslint/consistent-type-imports': 'off' } },
  { files: ['**/*.test.ts', '**/*.fixture.ts'], rules: boundaries(testConstraints) },
  { files: ['**/*.cjs', '**/*.mjs'], languageOptions: { globals: { require: 'readonly', module: 'writable', process: 'readonly', console: 'readonly', __dirname: 'readonly', URL: 'readonly', fetch: 'readonly', setTimeout: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', Buffer: 'readonly', AbortSignal: 'readonly' } }, rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
