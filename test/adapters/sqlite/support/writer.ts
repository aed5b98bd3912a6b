import { openState } from '../../../../src/adapters/sqlite/open-state.ts'
import { decided } from '../../../trading/support/decisions.ts'

// Run as a process of its own. `PATH`: writes decisions and intents until it is killed, printing each index once it is committed.
// `PATH once`: opens the state, forgets it, collects garbage, says so and waits.
const [path, once] = process.argv.slice(2)
if (path === undefined) throw new Error('usage: writer.ts PATH [once]')
if (once === undefined) write(path)
else forget(path)

function write(statePath: string): void {
  const { journal } = openState(statePath, { mode: 'test', venue: 'fake' })
  const next = (index: number): void => {
    const { order, record } = decided(index)
    journal.transaction(() => {
      journal.recordDecision(record)
      journal.addIntent(order)
    })
    process.stdout.write(`${index}\n`)
    setImmediate(next, index + 1)
  }
  next(journal.counts().decisions)
}

function forget(statePath: string): void {
  openState(statePath, { mode: 'test', venue: 'fake' })
  setInterval(() => undefined, 1000)
  setTimeout(() => {
    globalThis.gc?.()
    process.stdout.write('forgotten\n')
  }, 50)
}
