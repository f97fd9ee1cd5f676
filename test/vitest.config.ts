import { defineConfig } from 'vitest/config';

/** Fast tests: everything that needs neither Kafka nor Redis. Tests of services end in `.services.test.ts`. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.services.test.ts'],
    setupFiles: ['test/properties.ts'],
    testTimeout: 60_000,
    // How long a test waits for what must come: that it comes is asserted, not when.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
