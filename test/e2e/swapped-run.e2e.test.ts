import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { setCurrent } from '../../src/adapters/bundle/write-bundle.ts'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { modelLoader } from '../../src/wiring/daemon/load-model.ts'
import { killPrograms, lastJson, runProgram, startProgram, until } from '../support/program.ts'
import { EAGER_ALONE, SHORT_FEATURES, workspace } from '../support/workspace.ts'
import { ridgeFamily } from '../wiring/daemon/ridge-family.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

test('a run whose model was swapped decides the same again, each bar by its own model', async () => {
  const tapes = join(space.dir, 'tapes')
  const family = join(space.dir, 'family')
  const { schema } = await modelLoader(
    loadConfig(space.config('demo', { ...EAGER_ALONE, features: SHORT_FEATURES })),
    systemClock(),
  )
  await ridgeFamily(family, schema, [
    { version: 'first', seed: 1, steps: 2 },
    { version: 'second', seed: 2, steps: 2 },
  ])
  const swapping = space.config('demo', {
    ...EAGER_ALONE,
    features: SHORT_FEATURES,
    model: { path: family, watchMs: 200, provider: 'cpu' },
    tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1_000_000_000, queueBytesMax: 64_000_000 },
  })
  const program = startProgram(['demo', '--config', swapping, '--json'])
  const decidedBy = (model: string) => program.err().split(`"modelId":"demo/${model}"`).length - 1
  await until('three bars of the first model', () => decidedBy('first') >= 3, 40_000)
  await setCurrent(family, 'second')
  await until('three bars of the second model', () => decidedBy('second') >= 3, 40_000)
  program.kill('SIGINT')
  expect(await program.ended(60_000)).toBe(0)
  expect(lastJson(program.out())).toMatchObject({ model: 'demo/second' })
  const tape = readdirSync(tapes).map((name) => join(tapes, name))
  const { code, out } = await runProgram(['replay', '--config', swapping, '--tape', ...tape, '--json'])
  expect(lastJson(out)).toMatchObject({ matches: true, models: ['demo/first', 'demo/second'] })
  expect(code).toBe(0)
  const status = await runProgram(['status', '--state', space.state])
  expect(status.out).toContain('demo/second (cpu)')
}, 120_000)
