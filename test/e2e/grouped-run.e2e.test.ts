import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { openJournalReader } from '../../src/adapters/sqlite/journal-reader.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { modelLoader } from '../../src/wiring/daemon/load-model.ts'
import { killPrograms, lastJson, runProgram, startProgram } from '../support/program.ts'
import { EAGER, workspace } from '../support/workspace.ts'
import { ridgeFamily } from '../wiring/daemon/ridge-family.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'

test('two groups: each by its own model, one is swapped, and the run decides the same again', async () => {
  const tapes = join(space.dir, 'tapes')
  const path = join(space.dir, 'models')
  const { schema } = await modelLoader(loadConfig(space.config('demo', EAGER)), systemClock())
  const [majors, others] = [join(path, 'majors'), join(path, 'others')]
  await ridgeFamily(majors, schema, [{ version: 'one', seed: 1 }])
  await ridgeFamily(others, schema, [
    { version: 'first', seed: 3, steps: 6 },
    { version: 'second', seed: 2 },
  ])
  const config = space.config('demo', {
    ...EAGER,
    symbols: [BTC, ETH],
    model: { path, groups: { majors: [BTC], others: [ETH] }, watchMs: 200, provider: 'cpu' },
    bars: { dir: join(space.state, 'bars') },
    trainer: undefined,
    tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1_000_000_000, queueBytesMax: 64_000_000 },
  })
  const program = startProgram(['demo', '--config', config, '--bars', '26', '--json'])
  await program.line(/majors: model demo\/one on cpu; group others: model demo\/first on cpu; wallet/)
  await new Promise((resolve) => setTimeout(resolve, 17_000))
  const promoted = await runProgram(['models', 'promote', 'others/second', '--root', path, '--why', 'a test'])
  expect(promoted.code).toBe(0)
  expect(await program.ended(60_000)).toBe(0)
  const summary = lastJson(program.out())
  expect(summary).toMatchObject({ model: 'demo/one, demo/second', provider: 'cpu', promotions: 1, retrainings: 0 })

  const reader = openJournalReader(join(space.state, 'demo.sqlite'))
  expect(reader.latestDecision(BTC)?.decision.modelId).toBe('demo/one')
  expect(reader.latestDecision(ETH)?.decision.modelId).toBe('demo/second')
  reader.close()
  expect(program.err()).toContain('model demo/second decides from now on, in place of demo/first')
  expect(program.err()).toMatch(/"group":"others".*: promote second: a test/)
  for (const group of ['majors', 'others'])
    expect(existsSync(join(space.state, `demo-oversight-${group}.json`)), group).toBe(true)
  const status = await runProgram(['status', '--state', space.state])
  expect(status.out).toContain('group majors: demo/one (cpu)')
  expect(status.out).toContain('group others: demo/second (cpu)')

  const tape = readdirSync(tapes).map((name) => join(tapes, name))
  const { code, out } = await runProgram(['replay', '--config', config, '--tape', ...tape, '--json'])
  expect(lastJson(out)).toMatchObject({
    matches: true,
    decisionHash: summary['decisionHash'],
    models: ['demo/one', 'demo/first', 'demo/second'],
  })
  expect(code).toBe(0)
  const listed = await runProgram(['models', 'list', '--root', path, '--json'])
  expect(listed.out).toMatch(/majors/)
  const verified = await runProgram(['models', 'verify', '--path', others])
  expect(verified.code).toBe(0)
}, 120_000)
