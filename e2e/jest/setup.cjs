const { resolve } = require('node:path');
const startPostgres = require('@elucidate/embedded/jest-setup');

/** One PostgreSQL and one data set, fetched once into this checkout and found by every worker that inherits our environment. */
module.exports = async () => {
  await startPostgres();
  const { prepareDataset } = await import('@elucidate/stages/prepare-dataset');
  const home = process.env.ELUCIDATE_HOME ?? resolve(__dirname, '../../.elucidate');
  process.env.FASHION_MNIST_DIR = await prepareDataset('fashion-mnist', { home, log: () => {} });
};
