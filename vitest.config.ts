import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**'], // Real time and real sockets: `npm run test:faults`, on a machine with nothing else to do.
    globalSetup: ['test/support/fresh-build.ts'],
    setupFiles: ['test/support/seeded-properties.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    isolate: false, // Loading all modules again for each file would take a third of the time. So a test file leaves nothing behind.
    maxWorkers: 3, // More than the two cores of a small machine: end-to-end tests mostly wait.
  },
})
