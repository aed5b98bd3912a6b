import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { killPrograms, startProgram, until } from '../../support/program.ts'
import { workspace } from '../../support/workspace.ts'
import { countOf, soundFamily } from './support/family-check.ts'
import { simulatedLog } from './support/simulated-log.ts'

const BARS = 500
const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

/** `npm run test:faults` kills one again and again. */
test('a trainer that is killed in the middle of a training goes on with that training, and makes one sound model of it', async () => {
  const family = join(space.dir, 'models', 'demo')
  cpSync('models/demo', family, { recursive: true })
  const dir = join(space.state, 'trainer')
  const bars = { dir: join(space.state, 'bars') }
  const schedule = { barsMin: 100, everyBars: 1_000, pauseMs: 1_000 }
  const trainer = { dir, windowBars: BARS, schedule, gate: { resamples: 500 } }
  const config = space.config('demo', { model: { path: family }, bars, trainer })
  const log = await simulatedLog(config, Date.now(), BARS, 600)
  const feeding = setInterval(() => log.add(), 100)
  try {
    const killed = startProgram(['trainer', '--config', config, '--json'])
    await killed.line(/"kind":"training"/)
    await sleep(1_500 * seededRandom(5)())
    killed.kill('SIGKILL')
    await killed.ended()
    expect(countOf(await soundFamily(family), 'train')).toBe(0)
    const last = startProgram(['trainer', '--config', config, '--json'])
    await last.line(/"kind":"(challenge|refuse)"/)
    const entries = await soundFamily(family)
    expect(entries.map(({ action }) => action)).toEqual(['train', expect.stringMatching(/^(challenge|refuse)$/)])
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual([])
    last.kill('SIGTERM')
    expect(await last.ended()).toBe(0)
    expect(await soundFamily(family)).toEqual(entries)
    await until(
      'what was not finished to be removed',
      () => !readdirSync(family).some((name) => /writing/.test(name)),
      1,
    )
  } finally {
    clearInterval(feeding)
    await log.close()
  }
}, 60_000)
