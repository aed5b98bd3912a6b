import { defineConfig } from 'vitest/config'

// Storms of faults in real time: their timing needs an idle machine, so they are no part of `npm test`.
export default defineConfig({
  test: { include: ['test/faults/**/*.test.ts'], testTimeout: 60_000, pool: 'forks', maxWorkers: 1 },
})
