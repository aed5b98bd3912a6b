import { createTapeWriter } from '../../../src/adapters/tape/tape-writer.ts'
import type { EpochMs } from '../../../src/core/units.ts'

/** A child process of `tape-cut.test.ts`: writes to the folder named until it is killed, and says which lines are a second old. */
const clock = { now: () => Date.now() as EpochMs, monotonicMs: () => performance.now() }
const session = {
  ...{ format: 1, program: 'test', venueId: 'binanceusdm', mode: 'record', instruments: [], streams: [] },
  startedAt: clock.now(),
}
const writer = await createTapeWriter({
  ...{ dir: process.argv[2] ?? '', prefix: 'killed', rotateMs: 3_600_000, rotateBytes: 1e9, queueBytesMax: 1e7 },
  ...{ fsyncMs: 100, clock, session, onError: (error: Error) => console.error(error.message) },
})
const startedAt: number[] = []
setInterval(() => {
  for (let each = 0; each < 20; each += 1) {
    writer.frame(`{"nth":${startedAt.length},"noise":"${Math.sin(startedAt.length)}"}`, clock.now())
    startedAt.push(performance.now())
  }
  const old = startedAt.findLastIndex((at) => performance.now() - at > 1_000)
  process.stdout.write(`${old} ${startedAt.length}\n`)
}, 5)
