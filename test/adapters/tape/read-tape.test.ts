import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readTape } from '../../../src/adapters/tape/read-tape.ts'
import type { TapeFrame } from '../../../src/adapters/tape/tape-frame.ts'
import { InputError } from '../../../src/core/errors.ts'
import { openFiles, tellsOpenFiles } from '../../support/open-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tape-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, content)
  return file
}

async function framesOf(file: string): Promise<TapeFrame[]> {
  const frames: TapeFrame[] = []
  for await (const frame of readTape(file)) frames.push(frame)
  return frames
}

async function failureOf(file: string): Promise<Error> {
  return framesOf(file).then(
    () => Promise.reject(new Error('read without a complaint')),
    (thrown: unknown) => {
      expect(thrown).toBeInstanceOf(InputError)
      return thrown as Error
    },
  )
}

const TEXT = '1700000000123 {"a":1}\n1700000000124500 {"b":"é"}\n1700000000125500250 [3]\n'

describe('good tapes', () => {
  const expected = [
    { receivedAt: 1_700_000_000_123, frame: { a: 1 }, line: 1 },
    { receivedAt: 1_700_000_000_124.5, frame: { b: 'é' }, line: 2 },
    { receivedAt: 1_700_000_000_125.5002, frame: [3], line: 3 },
  ]

  test.each([
    ['plain', TEXT],
    ['gzip', gzipSync(TEXT)],
    [
      'several gzip members, as appended by a recorder',
      Buffer.concat([gzipSync(TEXT.slice(0, 30)), gzipSync(TEXT.slice(30))]),
    ],
    ['no line end at the end', TEXT.trimEnd()],
    ['blank lines', TEXT.replaceAll('\n', '\n\n').replace('\n\n17', '\n17')],
  ])('%s: ms, µs and ns', async (name, content) => {
    const frames = await framesOf(await fileOf(name, content))
    expect(frames.map(({ receivedAt, frame }) => ({ receivedAt, frame }))).toEqual(
      expected.map(({ receivedAt, frame }) => ({ receivedAt, frame })),
    )
    if (name === 'plain') expect(frames).toEqual(expected)
  })

  test('reads on in pieces: 200,000 lines, longer than any buffer', async () => {
    const lines = Array.from({ length: 200_000 }, (_, nth) => `${1_700_000_000_000 + nth} {"n":${nth}}`)
    let next = 0
    for await (const { frame, line } of readTape(await fileOf('long.gz', gzipSync(lines.join('\n'))))) {
      if ((frame as { n: number }).n !== next || line !== next + 1) expect.fail(`line ${line} after ${next}`)
      next += 1
    }
    expect(next).toBe(200_000)
  })

  test('may be left in the middle and read again', async () => {
    const tape = readTape(await fileOf('twice.gz', gzipSync(TEXT)))
    for await (const { line } of tape) if (line === 2) break
    const again: number[] = []
    for await (const { line } of tape) again.push(line)
    expect(again).toEqual([1, 2, 3])
  })

  test('by hand: takes what has been read, no more', async () => {
    const cursor = readTape(await fileOf('hand.txt', TEXT)).cursor()
    expect(cursor.take()).toBeUndefined()
    expect(await cursor.read()).toBe(true)
    const taken = [cursor.take(), cursor.take(), cursor.take(), cursor.take()]
    expect(taken.map((frame) => frame?.line)).toEqual([1, 2, 3, undefined])
    expect(await cursor.read()).toBe(true) // Only now it is known that no last line without an end follows.
    expect(cursor.take()).toBeUndefined()
    expect(await cursor.read()).toBe(false)
    await cursor.close()
  })

  test.skipIf(!tellsOpenFiles)('closed in the middle: nothing more comes, and the file is closed', async () => {
    const file = await fileOf('closed.txt', `${TEXT.repeat(40_000)}`)
    const cursor = readTape(file).cursor()
    await cursor.read()
    expect(cursor.take()?.line).toBe(1)
    expect(openFiles(file)).toEqual([file])
    await cursor.close()
    expect([cursor.take(), await cursor.read()]).toEqual([undefined, false])
    await vi.waitFor(() => expect(openFiles(file)).toEqual([]))
  })

  test('a last line that broke off is counted, not read', async () => {
    const tape = readTape(await fileOf('broken.gz', gzipSync(TEXT.slice(0, -3))))
    const lines: number[] = []
    for await (const { line } of tape) lines.push(line)
    expect([lines, tape.truncatedLines]).toEqual([[1, 2], 1])
  })
})

describe('bad tapes name file, line, value and rule', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['no-time.txt', 'hello world\n', /no-time\.txt, line 1: "hello"; it must be a receive time of 13 \(ms\), 16/],
    ['seconds.txt', '1700000000 {}\n', /line 1: "1700000000"; it must be a receive time/],
    ['later.txt', `${TEXT}oops\n`, /line 4: "oops"/],
    ['json.txt', `${TEXT}1700000000126 {"a":\n1700000000126 {}\n`, /line 4: "\{\\"a\\":"; it must be JSON/],
    ['no-json.txt', '1700000000126\n', /line 1: .*then a blank and JSON/],
    ['picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /line 1: .*receive time/],
    ['one-piece', 'x'.repeat(5 * 1_024 * 1_024), /line of at most 4194304 characters/],
    ['empty', '', /holds none/],
    ['empty.gz', gzipSync(''), /holds none/],
    ['alone', '17000', /line 1: "17000"/],
    [
      'cut.gz',
      gzipSync(TEXT.repeat(50)).subarray(0, -12),
      /cut\.gz, line \d+: .*it must be a whole file: it is truncated/,
    ],
    ['rot.gz', gzipSync(TEXT).fill(7, 20, 40), /rot\.gz, line \d+: .*corrupt/],
  ])('%s', async (name, content, message) => {
    expect((await failureOf(await fileOf(name, content))).message).toMatch(message)
  })

  test.each(['absent.gz', '.'])('%s', async (name) => {
    expect((await failureOf(path.join(folder, name))).message).toMatch(/readable|whole file/)
  })
})
