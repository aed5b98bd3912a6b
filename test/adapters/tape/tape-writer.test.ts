import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createTapeWriter, type TapeWriterOptions } from '../../../src/adapters/tape/tape-writer.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { BTCUSDT } from '../../market/instruments.ts'
import { tapeFolder, wholeTape } from './tape-folder.ts'

const folder = tapeFolder()
const HOUR = 3_600_000
const START = 1_723_161_255_030.25
const at = (offsetMs: number) => (START + offsetMs) as EpochMs

const settings = (dir: string, more: Partial<TapeWriterOptions> = {}): TapeWriterOptions => ({
  dir: folder.at(dir),
  prefix: 'btc',
  rotateMs: HOUR,
  rotateBytes: 1e9,
  fsyncMs: 20,
  queueBytesMax: 1e7,
  clock: { now: () => at(0), monotonicMs: () => 0 },
  session: {
    format: 1,
    program: 'tickwright test',
    venueId: 'binanceusdm',
    mode: 'record',
    instruments: [BTCUSDT],
    streams: [],
    startedAt: at(0),
  },
  onError: (error) => expect.fail(error.message),
  ...more,
})

describe('what is written', () => {
  test('session first, then frames and control lines in their order, with their text and times', async () => {
    const writer = await createTapeWriter(settings('order'))
    const texts = ['{"a":1.10,"b":"é 😀"}', '{"big":12345678901234567890}', '{\n "c": [1,\r\n2]\n}']
    expect(writer.frame(texts[0]!, at(1.5))).toBe(true)
    const mark = { kind: 'watermark', symbol: 'BTC/USDT:USDT', exchangeTime: at(1), receivedAt: at(2) } as const
    writer.control({ kind: 'event', event: mark }, at(2))
    await sleep(60) // A member of its own.
    writer.frame(texts[1]!, at(3))
    writer.frame(texts[2]!, at(2.75)) // The recorder's clock was set back.
    await writer.close()
    const [file = ''] = writer.counts().files
    expect(path.basename(file)).toBe('btc-20240808T235415030Z.gz')
    expect(writer.counts()).toMatchObject({ frames: 3, controls: 1, lost: 0, bytes: (await readFile(file)).length })

    const { frames, truncatedMembers } = await wholeTape(file)
    expect(frames.map(({ receivedAt }) => receivedAt)).toEqual([at(0), at(1.5), at(2), at(3), at(2.75)])
    expect(frames.map(({ control }) => control?.kind)).toEqual(['session', undefined, 'event', undefined, undefined])
    expect(frames[0]?.control).toMatchObject({ instruments: [BTCUSDT], fileNumber: 1, previousFile: null })
    expect(frames[2]?.control).toEqual({ kind: 'event', event: mark })
    expect(truncatedMembers).toBe(0)
    // Any gzip reader: the very characters of the venue, one line each.
    const lines = gunzipSync(await readFile(file))
      .toString('utf8')
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => line.slice(20))).toEqual(
      expect.arrayContaining([texts[0], texts[1], '{  "c": [1, 2] }']),
    )
  })

  test('a line is on disk within fsyncMs, without another line coming', async () => {
    const writer = await createTapeWriter(settings('soon', { fsyncMs: 100 }))
    const [file = ''] = writer.counts().files
    expect((await wholeTape(file)).frames).toHaveLength(1)
    writer.frame('{"n":1}', at(1))
    writer.frame('{"n":2}', at(2))
    await sleep(200)
    expect((await wholeTape(file)).frames).toHaveLength(3)
    await writer.close()
  })

  test('lines that come while the disk works share a member', async () => {
    const writer = await createTapeWriter(settings('company'))
    for (let nth = 0; nth < 400; nth += 1) {
      writer.frame(`{"nth":${nth},"same":"same same same same same"}`, at(nth))
      if (nth % 10 === 0) await sleep(1)
    }
    await writer.close()
    const [file = ''] = writer.counts().files
    const bytes = await readFile(file)
    const members = bytes.toString('latin1').split('\x1f\x8b\x08\x04').length - 1
    expect(members).toBeLessThan(25)
    expect((await wholeTape(file)).frames).toHaveLength(401)
  })
})

test.each([false, true])(
  'a burst of many members in one turn is all there (closed at once: %s)',
  async (isClosedAtOnce) => {
    const writer = await createTapeWriter(settings(`burst ${isClosedAtOnce}`))
    const noise = 'z'.repeat(1_000)
    for (let nth = 0; nth < 5_000; nth += 1)
      expect(writer.frame(`{"nth":${nth},"noise":"${noise}"}`, at(nth))).toBe(true)
    if (!isClosedAtOnce) {
      await sleep(500)
      expect((await wholeTape(writer.counts().files[0]!)).frames).toHaveLength(5_001)
    }
    await writer.close()
    const { frames } = await wholeTape(writer.counts().files[0]!)
    expect(frames.slice(1).every(({ frame }, nth) => (frame as { nth: number }).nth === nth)).toBe(true)
    expect(frames).toHaveLength(5_001)
  },
)

describe('rotation', () => {
  test('at multiples of rotateMs; each file names the one before', async () => {
    const writer = await createTapeWriter(settings('hours'))
    const offsets = [1, 2 * 60_000, 6 * 60_000, 7 * 60_000, HOUR + 6 * 60_000]
    for (const offset of offsets) writer.frame(`{"at":${offset}}`, at(offset))
    await writer.close()
    const { files } = writer.counts()
    expect(files.map((file) => path.basename(file))).toEqual([
      'btc-20240808T235415030Z.gz',
      'btc-20240809T000015030Z.gz',
      'btc-20240809T010015030Z.gz',
    ])
    const tapes = await Promise.all(files.map(wholeTape))
    expect(tapes.map(({ frames }) => frames.length - 1)).toEqual([2, 2, 1])
    expect(tapes.map(({ frames }) => frames[0]?.control)).toMatchObject([
      { fileNumber: 1, previousFile: null },
      { fileNumber: 2, previousFile: 'btc-20240808T235415030Z.gz', startedAt: at(0) },
      { fileNumber: 3, previousFile: 'btc-20240809T000015030Z.gz' },
    ])
  })

  test('at rotateBytes, nothing lost or doubled', async () => {
    const writer = await createTapeWriter(settings('bytes', { rotateBytes: 700, fsyncMs: 4 }))
    for (let nth = 0; nth < 60; nth += 1) {
      writer.frame(`{"nth":${nth},"noise":"${Math.sin(nth)}"}`, at(nth))
      if (nth % 5 === 4) await sleep(8)
    }
    await writer.close()
    const { files } = writer.counts()
    expect(files.length).toBeGreaterThan(2)
    const tapes = await Promise.all(files.map(wholeTape))
    const seen = tapes.flatMap(({ frames }) => frames.filter(({ control }) => !control).map(({ frame }) => frame))
    expect(seen.map((frame) => (frame as { nth: number }).nth)).toEqual(Array.from({ length: 60 }, (_, nth) => nth))
    expect(tapes.every(({ frames }) => frames[0]?.control?.kind === 'session')).toBe(true)
  })

  test('a file that is there is never overwritten', async () => {
    await (await createTapeWriter(settings('twice'))).close()
    const again = createTapeWriter(settings('twice'))
    await expect(again).rejects.toThrow(InputError)
    await expect(again).rejects.toThrow(/it exists; a tape is never overwritten/)
  })
})

describe('too much', () => {
  const line = `{"x":"${'y'.repeat(75)}"}`

  test('past queueBytesMax lines are dropped, told once, and stand as an overflow where they would have been', async () => {
    const errors: string[] = []
    const onError = (error: Error) => void errors.push(error.message)
    const writer = await createTapeWriter(settings('full', { queueBytesMax: 1_000, onError }))
    // In one turn: the disk gets no chance.
    const taken = Array.from({ length: 14 }, (_, nth) => writer.frame(line, at(nth)))
    expect(taken).toEqual([...Array(9).fill(true), ...Array(5).fill(false)])
    await sleep(80)
    expect(writer.frame('{"after":1}', at(20))).toBe(true)
    await writer.close()
    expect(errors).toEqual([expect.stringMatching(/dropped with 9\d\d waiting: at most 1000 may wait/)])
    expect(writer.counts()).toMatchObject({ frames: 10, controls: 1, lost: 5 })
    const { frames } = await wholeTape(writer.counts().files[0]!)
    expect(frames.slice(10).map(({ control, frame }) => control ?? frame)).toEqual([
      { kind: 'overflow', lines: 5, characters: 5 * line.length, fromAt: at(9), toAt: at(13) },
      { after: 1 },
    ])
  })

  test('an overflow that nothing follows is told by the end', async () => {
    const writer = await createTapeWriter(settings('end', { queueBytesMax: 50, onError: () => undefined }))
    writer.frame(line, at(1))
    await writer.close()
    const { frames } = await wholeTape(writer.counts().files[0]!)
    expect(frames.map(({ control }) => control?.kind)).toEqual(['session', 'overflow'])
  })

  test('a line that no reader takes is dropped, and the next one is not', async () => {
    const writer = await createTapeWriter(settings('long', { onError: () => undefined }))
    expect(writer.frame(`"${'x'.repeat(4 * 1_024 * 1_024 - 22)}"`, at(1))).toBe(true)
    expect(writer.frame(`"${'x'.repeat(4 * 1_024 * 1_024 - 21)}"`, at(2))).toBe(false)
    expect(writer.frame('{}', at(3))).toBe(true)
    await writer.close()
    const { frames } = await wholeTape(writer.counts().files[0]!)
    expect(frames.map(({ control, line }) => [line, control?.kind])).toEqual([
      [1, 'session'],
      [2, undefined],
      [3, 'overflow'],
      [4, undefined],
    ])
  })
})

test('a disk that fails is told and tried again: nothing is lost while the queue has room', async () => {
  const errors: string[] = []
  const dir = folder.at('failing')
  const writer = await createTapeWriter(settings('failing', { onError: (error) => void errors.push(error.message) }))
  await rm(dir, { recursive: true })
  await writeFile(dir, 'no folder')
  writer.frame('{"n":1}', at(10 * 60_000)) // The next file.
  await sleep(80)
  writer.frame('{"n":2}', at(10 * 60_000 + 1))
  await sleep(40)
  expect(errors.length).toBeGreaterThan(1)
  expect(errors[0]).toMatch(/failing/)
  await rm(dir)
  await mkdir(dir, { recursive: true }) // The writer may have tried again in between.
  await writer.close()
  const [name = ''] = await readdir(dir)
  const { frames } = await wholeTape(path.join(dir, name))
  expect(frames.slice(1).map(({ frame }) => frame)).toEqual([{ n: 1 }, { n: 2 }])
})

test('a disk that never comes back makes close reject', async () => {
  const writer = await createTapeWriter(settings('gone', { onError: () => undefined }))
  await rm(folder.at('gone'), { recursive: true })
  await writeFile(folder.at('gone'), 'no folder')
  writer.frame('{}', at(HOUR))
  await expect(writer.close()).rejects.toThrow(/gone/)
})
