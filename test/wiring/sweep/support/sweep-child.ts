import { sweep } from './sweep-bench.ts'

// Run as a process of its own: `FOLDER WAIT_MS` sweeps there, each trial waiting so long, and prints the outcome as JSON.
const [folder, waitMs] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: sweep-child.ts FOLDER WAIT_MS')
const { outcome } = await sweep(folder, { base: { begun: `${folder}/begun`, waitMs: Number(waitMs) } })
process.stdout.write(`${JSON.stringify(outcome)}\n`)
