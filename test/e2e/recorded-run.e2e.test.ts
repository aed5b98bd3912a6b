import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { killPrograms, lastJson, runProgram, startProgram } from '../support/program.ts'
import { EAGER, workspace } from '../support/workspace.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

const tapes = join(space.dir, 'tapes')
const config = space.config('demo', {
  ...EAGER,
  tape: { dir: tapes, rotateMs: 3_600_000, rotateBytesMax: 1_000_000_000, queueBytesMax: 64_000_000 },
})
const files = (): string[] => readdirSync(tapes).map((name) => join(tapes, name))
const replay = async (...names: readonly string[]) => {
  const { code, out, err } = await runProgram(['replay', '--config', config, '--tape', ...names, '--json'])
  return { code, err, summary: err === '' ? lastJson(out) : {} }
}

describe('a recorded run', () => {
  test('decides the same again, and notices when anything is missing', async () => {
    const run = await runProgram(['demo', '--config', config, '--bars', '18', '--json'])
    expect(run.code).toBe(0)
    const said = lastJson(run.out)
    expect(said['orders']).toBeGreaterThan(0)
    const [tape] = files()
    const { code, summary } = await replay(tape!)
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
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    program.kill('SIGKILL')
    await program.ended()
    const killed = files().filter((file) => !before.has(file))
    expect(killed).toHaveLength(1)
    const { summary, code } = await replay(...killed)
    expect(code).toBe(0)
    expect(summary).toMatchObject({ matches: null, recordedDecisionHash: null })
    expect(summary['decisions']).toBeGreaterThan(1)
  }, 60_000)

  test('is not replayed with the configuration of another mode', async () => {
    const [tape] = files()
    const { code, err } = await runProgram(['replay', '--config', space.config('paper'), '--tape', tape!])
    expect(code).toBe(1)
    expect(err).toContain('recorded in mode demo')
  })
})
