import { nativeMissing, testedBackends } from './backends.fixture.js';
import { cases } from './cases.fixture.js';
import { expectConforms } from './check.fixture.js';
import { startEngine } from './start.js';

describe.each(testedBackends())('%s', (backend) => {
  beforeAll(async () => {
    await startEngine({ backend });
  });

  test.each(cases)('$title agrees with float64 loops, forward and gradient', expectConforms);
});

if (nativeMissing) it.skip(`native: ${nativeMissing}`, () => {});
