import { openTrialStore } from '../../../../src/adapters/sqlite/trial-store.ts'

// Run as a process of its own: `PATH`. Finishes one trial, starts another, says so and waits to be killed.
const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('usage: trial-writer.ts PATH')
const store = openTrialStore(path, 1_000)
const study = store.study({ name: 's', spaceHash: 'space', dataHash: 'data', objective: '{}' }, 1_000)
const start = { seed: 7, worker: 0, retryOf: undefined, at: 1_001 }
study.finish(study.start({ ...start, params: { x: 1 } }), { kind: 'pruned' }, [[1, 2]], 1_002)
study.start({ ...start, params: { x: 2 } })
process.stdout.write('running\n')
setInterval(() => undefined, 1_000)
