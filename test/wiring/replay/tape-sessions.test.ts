import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { oneRun, tapeSessions } from '../../../src/wiring/replay/tape-sessions.ts'
import { at, session, trade, whole, writeLines } from '../tape/sample-tape.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-sessions-'))
afterAll(() => rmSync(dir, { recursive: true }))

let written = 0
const tape = (more?: object) => {
  written += 1
  const path = join(dir, `${written}.gz`)
  return writeLines(path, more ? [session({ mode: 'paper', ...more }), ...whole.slice(1)] : [trade(0, 1)])
}
const run = async (...files: readonly string[]) => oneRun(files, (await tapeSessions(files)).sessions)

describe('tapeSessions', () => {
  test('recorded tapes tell instruments and hold watermarks; imported and foreign ones do not', async () => {
    expect(await tapeSessions([await tape({})])).toMatchObject({ isRecorded: true, instruments: [{}] })
    const imported = await tapeSessions([await tape({ mode: 'import' })])
    expect(imported).toMatchObject({ isRecorded: false, venueId: 'binanceusdm', instruments: undefined })
    expect(await tapeSessions([await tape()])).toMatchObject({ isRecorded: false, venueId: undefined, sessions: [] })
  })

  test('tapes that do not belong together are refused by name', async () => {
    const [own, foreign, imported, other] = [
      await tape({}),
      await tape(),
      await tape({ mode: 'import' }),
      await tape({ venueId: 'bybit' }),
    ]
    await expect(tapeSessions([own, foreign])).rejects.toThrow(`${foreign}: it was recorded by another program`)
    await expect(tapeSessions([foreign, own])).rejects.toThrow(`${own}: it was recorded by this program`)
    await expect(tapeSessions([own, imported])).rejects.toThrow(`${imported}: it was imported`)
    await expect(tapeSessions([own, other])).rejects.toThrow(`${other}: its venue is bybit`)
  })
})

describe('oneRun', () => {
  test('takes all files of a run, without its end too', async () => {
    const files = [await tape({}), await tape({ fileNumber: 2, previousFile: '1.gz' })]
    expect(await run(...files)).toMatchObject({ fileNumber: 1, mode: 'paper' })
    expect(await run(files[0]!)).toMatchObject({ fileNumber: 1 })
  })

  test('a missing file, a wrong order and another run are refused', async () => {
    const [first, second, third] = [await tape({}), await tape({ fileNumber: 2 }), await tape({ fileNumber: 3 })]
    await expect(run(second)).rejects.toThrow(
      `${second}: it is file 2 of its run and follows none; here it must be file 1`,
    )
    await expect(run(first, third)).rejects.toThrow(`${third}: it is file 3 of its run`)
    await expect(run(second, first)).rejects.toThrow(`${second}: it is file 2`)
    const another = await tape({ startedAt: at(5_000) })
    await expect(run(first, another)).rejects.toThrow(`${another}: its run began at 2023-11-14T22:13:25.000Z`)
  })
})
