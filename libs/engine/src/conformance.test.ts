import { backendNames } from './backend.js';
import { cases } from './cases.fixture.js';
import { expectConforms } from './check.fixture.js';
import { startEngine } from './start.js';
import { tensorflowPackage } from './tensorflow.js';

const here = backendNames.filter((name) => name !== 'tensorflow' || tensorflowPackage() !== undefined);

describe.each(here)('%s', (backend) => {
  beforeAll(async () => {
    await startEngine({ backend });
  });

  test.each(cases)('$title agrees with float64 loops, forward and gradient', expectConforms);
});
