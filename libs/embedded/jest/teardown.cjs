module.exports = async () => {
  await globalThis.elucidateTestServer?.stop();
};
