import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { modelLoader } from '../../src/wiring/daemon/load-model.ts'
import { barsOf, killPrograms, lastJson, runProgram, startProgram, until } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { EAGER_ALONE, SHORT_FEATURES, workspace } from '../support/workspace.ts'
import { ridgeFamily } from '../wiring/daemon/ridge-family.ts'

const space = workspace()
const family = join(space.dir, 'family')
beforeAll(async () => {
  const { schema } = await modelLoader(loadConfig(config), systemClock())
  await ridgeFamily(family, schema, [{ version: 'first', seed: 1, steps: 2 }])
})
afterAll(() => {
  killPrograms()
  space.remove()
})

const tapes = join(space.dir, 'tapes')
const config = space.config('demo', {
  ...EAGER_ALONE,
  features: SHORT_FEATURES,
  model: { path: family, provider: 'cpu' },
  tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1_000_000_000, queueBytesMax: 64_000_000 },
})
const files = (): string[] => readdirSync(tapes).map((name) => join(tapes, name))
const replay = async (tape: string, run: typeof runProgram = runHere) => {
  const { code, out, err } = await run(['replay', '--config', config, '--tape', tape, '--json'])
  return { code, err, summary: err === '' ? lastJson(out) : {} }
}

describe('a recorded run', () => {
  test('decides the same again, and notices when anything is missing', async () => {
    const run = await runProgram(['demo', '--config', config, '--bars', '12', '--json'])
    expect(run.code).toBe(0)
    const said = lastJson(run.out)
    expect(said['orders']).toBeGreaterThan(0)
    const [tape] = files()
    const { code, summary } = await replay(tape!, runProgram)
    expect(summary).toMatchObject({
      recordedMode: 'demo',
      decisions: said['decisions'],
      matches: true,
      truncatedMembers: 0,
    })
    expect(summary['decisionHash']).toBe(said['decisionHash'])
    expect(code).toBe(0)

    const lines = gunzipSync(readFileSync(tape!)).toString().split('\n')
    const harmed = join(space.dir, 'harmed.gz')
    const isKept = (line: string, nth: number) => nth < lines.length / 2 || !line.includes('"aggTrade"')
    writeFileSync(harmed, gzipSync(lines.filter(isKept).join('\n')))
    const other = await replay(harmed)
    expect(other.summary).toMatchObject({ matches: false, recordedDecisionHash: said['decisionHash'] })
    expect(other.code).toBe(1)
  }, 120_000)

  test('that was killed opens, loses at most its last second, and has no end to compare with', async () => {
    const before = new Set(files())
    const program = startProgram(['demo', '--config', config])
    await program.line(/wallet/)
    await until('four bars', () => barsOf(program) >= 4, 20_000) // The last one and a half may not stand on the tape yet.
    program.kill('SIGKILL')
    await program.ended()
    const killed = files().filter((file) => !before.has(file))
    expect(killed).toHaveLength(1)
    const { summary, code } = await replay(killed[0]!)
    expect(code).toBe(0)
    expect(summary).toMatchObject({ matches: null, recordedDecisionHash: null })
    expect(summary['decisions']).toBeGreaterThan(1)
  }, 60_000)

  test('is not replayed with the configuration of another mode', async () => {
    const [tape] = files()
    const { code, err } = await runHere(['replay', '--config', space.config('paper'), '--tape', tape!])
    expect(code).toBe(1)
    expect(err).toContain('recorded in mode demo')
  })
})
