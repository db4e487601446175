/** Jest globalSetup: one PostgreSQL for all test files of a project. See src/test-database.ts. */
module.exports = async () => {
  const { startTestServer } = await import('../dist/test-database.js');
  globalThis.elucidateTestServer = await startTestServer();
};
