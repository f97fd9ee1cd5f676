import { defineConfig } from 'vitest/config';

/** Tests that talk to a real Kafka and a real Redis: `*.services.test.ts`. */
export default defineConfig({
  test: {
    include: ['test/**/*.services.test.ts'],
    globalSetup: ['test/rig/global-setup.ts'],
    setupFiles: ['test/properties.ts'],
    testTimeout: 60_000,
    // How long a test waits for what must come: that it comes is asserted, not when.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 120_000,
    // One broker serves them all and the machine is small: files run one after another.
    fileParallelism: false,
    reporters: ['default'],
  },
});
