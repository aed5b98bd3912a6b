import { setTimeout as sleep } from 'node:timers/promises'

// A job that does what `because` says, in place of a training.
process.once('disconnect', () => process.exit(0))
const { because } = await new Promise<{ because: string }>((resolve) => {
  process.once('message', (message) => resolve(message as { because: string }))
})
const say = (message: object): Promise<void> => new Promise((done) => process.send?.(message, () => done()))
switch (because) {
  case 'done':
    await say({ kind: 'progress', text: 'half' })
    await say({ kind: 'done', result: { version: 'a' } })
    break
  case 'refuse':
    await say({ kind: 'refused', why: 'too few rows' })
    break
  case 'crash':
    process.stderr.write('fatal: TypeError: no such thing\n    at nowhere\n')
    process.exit(3)
    break
  case 'eat': {
    const eaten: Buffer[] = []
    for (;;) {
      eaten.push(Buffer.alloc(32 * 1_048_576, 1))
      await sleep(20)
    }
  }
  case 'deaf':
    process.on('SIGTERM', () => undefined)
    await say({ kind: 'progress', text: String(process.pid) })
    for (;;) await sleep(1_000)
  default:
    await say({ kind: 'progress', text: String(process.pid) })
    for (;;) await sleep(1_000)
}
process.exit(0)
