import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordCommand } from '../../../src/wiring/commands/record.ts'
import { tapeInfo } from '../../../src/wiring/tape/tape-info.ts'
import { verifyTapes } from '../../../src/wiring/tape/verify-tapes.ts'
import { wholeTape } from '../../adapters/tape/tape-folder.ts'
import { servedBinance } from '../../support/simulated-binance.ts'
import { workspace } from '../../support/workspace.ts'
import { fakeIo } from './fake-io.ts'

const space = workspace()
let venue: Awaited<ReturnType<typeof servedBinance>>
beforeAll(async () => {
  venue = await servedBinance()
})
afterAll(async () => {
  await venue.server.close()
  space.remove()
})

interface Recorded {
  readonly frames: number
  readonly lost: number
  readonly files: readonly string[]
  readonly stopped: string
}

async function record(dir: string, afterMs: number): Promise<Recorded> {
  const config = space.config('signal', { venue: { baseUrl: `http://127.0.0.1:${venue.server.port}` } })
  const { io, out, err } = fakeIo()
  const onStop = (handler: (why: string) => void) => {
    void sleep(afterMs).then(() => handler('SIGTERM'))
    return () => undefined
  }
  expect(await recordCommand({ config, dir: join(space.dir, dir), json: true }, { ...io, onStop })).toBe(0)
  expect(err).toEqual([])
  return JSON.parse(out.at(-1) ?? '') as Recorded
}

describe('tickwright record', () => {
  test('what the exchange sends, until a signal; the tape is whole and describes itself', async () => {
    const said = await record('tapes', 3_500)
    expect(said).toMatchObject({ stopped: 'SIGTERM', lost: 0 })
    expect(said.frames).toBeGreaterThan(20)
    const info = await tapeInfo(said.files)
    expect(info).toMatchObject({ inferred: false, venueId: 'binanceusdm' })
    expect(info.counts).toMatchObject({ session: 1, 'book-snapshot': 1 })
    expect(info.counts['watermark']).toBeGreaterThan(0)
    expect(await verifyTapes(said.files)).toMatchObject({ whole: true, findings: [] })
    const { frames, truncatedMembers } = await wholeTape(said.files[0]!)
    const sent = frames.filter(({ control }) => !control)
    expect([sent.length, truncatedMembers]).toEqual([said.frames, 0])
    // As readers of the collector's format expect it: combined, or a REST book.
    expect(sent.every(({ frame }) => 'stream' in (frame as object) || 'lastUpdateId' in (frame as object))).toBe(true)
  })

  test('a second recording makes files of its own', async () => {
    await record('again', 300)
    await record('again', 300)
    expect(readdirSync(join(space.dir, 'again'))).toHaveLength(2)
  })

  test('a replay configuration has no venue to record', async () => {
    const { io } = fakeIo()
    await expect(recordCommand({ config: space.config('replay'), json: false }, io)).rejects.toThrow(/mode was replay/)
  })
})
