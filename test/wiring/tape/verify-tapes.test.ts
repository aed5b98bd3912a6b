import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { tapeInfoCommand } from '../../../src/wiring/commands/tape-info.ts'
import { tapeVerifyCommand } from '../../../src/wiring/commands/tape-verify.ts'
import { tapeInfo } from '../../../src/wiring/tape/tape-info.ts'
import { verifyTapes } from '../../../src/wiring/tape/verify-tapes.ts'
import { tapeFolder } from '../../adapters/tape/tape-folder.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { realTape } from '../../market/real-tapes.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { expectWhole } from './expect-whole.ts'
import * as sample from './sample-tape.ts'
import {
  delta,
  gap,
  type Line,
  overflow,
  quote,
  replaced,
  session,
  snapshot,
  trade,
  watermark,
  whole,
} from './sample-tape.ts'

const folder = tapeFolder()
let files = 0
const written = (lines: readonly Line[]): Promise<string> => {
  files += 1
  return sample.writeLines(folder.at(`tape-${files}.gz`), lines)
}

test('a whole tape has no finding', async () => {
  const report = await verifyTapes([await written(whole)])
  expect(report).toEqual({
    ...{ whole: true, findings: [], counts: {}, lines: whole.length, gapsTold: 0 },
    ...{ bookUpdates: 3, trades: 3, quotesCompared: 2, duplicates: 0, late: 0 },
  })
})

const malformed: Line = [
  950,
  JSON.stringify({ stream: 'x', data: { e: 'aggTrade', s: 'BTCUSDT', p: 'garbage', a: 3, T: 1 } }),
]

describe('every fault is found, with its line, and nothing else', () => {
  test.each<[string, readonly Line[], number, string, RegExp]>([
    ['a lost update', replaced(whole, 7), 11, 'sequence', /update 15..15 names 14 before it; the book stands at 12/],
    [
      'a crossed book',
      replaced(whole, 7, delta(400, 14, 12, '1.600', '99.9')),
      8,
      'crossed',
      /1000 is not below ask 999/,
    ],
    ['a lost trade', replaced(whole, 8), 10, 'trade-id', /trade 3 follows 2; the last one seen was 1/],
    ['a trade that comes twice', replaced(whole, 8, [900, trade(300, 1)[1]]), 9, 'trade-id', /trade 1 came before/],
    [
      'a quote that the book contradicts',
      replaced(whole, 4, quote(210, 12, '1.501')),
      5,
      'quote',
      /1501 at 1000.*1500 at 1000/,
    ],
    [
      'a book that contradicts an earlier quote',
      replaced(whole, 6, quote(390, 14, '9.000')),
      8,
      'quote',
      /at update 14/,
    ],
    [
      'a malformed frame',
      replaced(whole, 8, malformed, trade(960, 2)),
      9,
      'malformed',
      /p was garbage|m was undefined/,
    ],
    ['a clock that was set back', replaced(whole, 5, trade(-791, 1)), 6, 'receive-time', /209 after .*210/],
    ['no whole book', replaced(whole, 2), 13, 'no-snapshot', /no whole book/],
    ['a second session line', replaced(whole, 8, session(), trade(900, 2)), 9, 'control', /not the first of its file/],
    ['an event of another instrument', [...whole, gap(3_500, 'ETH/USDT:USDT')], 15, 'control', /ETH\/USDT:USDT, which/],
    ['a watermark that goes back', [...whole, watermark(2_999)], 15, 'control', /watermark .*2999 after/],
    ['frames of another venue', replaced(whole, 0, session({ venueId: 'bybit' })), 14, 'no-data', /bybit sends none/],
    ['an overflow', [...whole, overflow(3_500)], 15, 'overflow', /dropped 2 lines of 99 characters/],
  ])('%s', async (_name, lines, line, rule, value) => {
    const { findings, whole: isWhole } = await verifyTapes([await written(lines)])
    expect(isWhole).toBe(false)
    expect(findings[0]).toMatchObject({ line, rule, value: expect.stringMatching(value) })
    expect(findings.filter((one) => one.rule !== rule && one.rule !== 'control')).toEqual([])
  })

  test('control lines out of place', async () => {
    const second = await verifyTapes([await written(replaced(whole, 8, session(), trade(900, 2)))])
    expect(second.findings).toContainEqual(expect.objectContaining({ line: 9, rule: 'control' }))
    const back = await verifyTapes([await written([...whole, watermark(2_999)])])
    expect(back.findings).toContainEqual(expect.objectContaining({ line: 15, rule: 'control' }))
    const foreign = await verifyTapes([await written(whole.slice(1))])
    expect(foreign.counts).toEqual({ control: 3 })
  })

  test('an exchange time that goes back within a stream', async () => {
    const [, json] = trade(250, 2)
    const { findings } = await verifyTapes([await written(replaced(whole, 8, [900, json]))])
    expect(findings).toMatchObject([{ line: 9, rule: 'exchange-time' }])
  })

  test('a known loss is no finding, nor is what follows it', async () => {
    const lines = [
      ...whole.slice(0, 10),
      gap(1_300),
      trade(1_500, 9),
      snapshot(1_550, 50),
      delta(1_600, 60, 50, '2.000'),
    ]
    expect(await verifyTapes([await written(lines)])).toMatchObject({
      whole: true,
      gapsTold: 1,
      trades: 3,
      bookUpdates: 3,
    })
  })

  test('a cut end, and a file of the session that is missing', async () => {
    const path = await written(whole)
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, -5))
    expect((await verifyTapes([path])).findings).toMatchObject([{ rule: 'truncated' }])
    const [one, three] = [
      await written(whole.slice(0, 10)),
      await written(
        [session({ fileNumber: 3, previousFile: 'other.gz' }), ...whole.slice(10)].map(([ms, json]) => [
          Math.max(ms, 1_250),
          json,
        ]),
      ),
    ]
    const { findings } = await verifyTapes([one, three])
    expect(findings).toMatchObject([{ line: 1, rule: 'control', value: expect.stringMatching(/follows other\.gz/) }])
  })

  test('rot in the middle is a finding, what is no tape the caller’s mistake', async () => {
    const path = await written(whole)
    const bytes = await readFile(path)
    bytes[bytes.length >> 1]! ^= 0xff
    await writeFile(path, bytes)
    expect((await verifyTapes([path])).findings).toMatchObject([{ rule: 'unreadable', line: expect.any(Number) }])
    await expect(verifyTapes([folder.at('absent.gz')])).rejects.toThrow(InputError)
  })

  test('findings are listed up to a bound and counted beyond it', async () => {
    const many = Array.from({ length: 300 }, (_, nth) => trade(4_000 + nth, 10 + 2 * nth))
    const { findings, counts } = await verifyTapes([await written([...whole, ...many])])
    expect([findings.length, counts]).toEqual([100, { 'trade-id': 300 }])
  })
})

test('the commands: exit code, lines for people, one JSON object', async () => {
  const { io, out } = fakeIo()
  const path = await written(replaced(whole, 8))
  expect(await tapeVerifyCommand({ files: [path], json: false }, io)).toBe(1)
  expect(out).toEqual([
    expect.stringMatching(/line 10: trade-id: trade 3/),
    expect.stringMatching(/13 lines, 3 book updates/),
    'findings: trade-id 1',
  ])
  expect(await tapeVerifyCommand({ files: [await written(whole)], json: true }, io)).toBe(0)
  expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ whole: true })
  expect(await tapeInfoCommand({ files: [path], json: false }, io)).toBe(0)
  expect(out.at(-1)).toMatch(/tick 0\.10, lot 0\.001/)
})

describe('info', () => {
  test('spans of both clocks, counts, gaps, silence and skew', async () => {
    const lines = [...whole, gap(4_000), overflow(9_000)]
    const info = await tapeInfo([await written(lines)])
    expect(info).toMatchObject({
      ...{ venueId: 'binanceusdm', inferred: false, instruments: [BTCUSDT], lines: lines.length },
      ...{ receivedFrom: '2023-11-14T22:13:20.000Z', receivedTo: '2023-11-14T22:13:29.000Z', seconds: 9 },
      ...{ exchangeFrom: '2023-11-14T22:13:20.090Z', exchangeTo: '2023-11-14T22:13:21.600Z' },
      ...{ gaps: { disconnect: 1, overflow: 1 }, longestSilenceMs: 5_000, clockSkewMs: 0 },
      longestSilenceAt: '2023-11-14T22:13:24.000Z',
      counts: {
        'book-delta': 4,
        'book-snapshot': 1,
        quote: 2,
        trade: 3,
        watermark: 3,
        session: 1,
        gap: 1,
        overflow: 1,
      },
      files: [{ truncatedMembers: 0, session: { program: 'test', fileNumber: 1, mode: 'record' } }],
    })
  })

  test('tapes of two venues, or with other ticks, are refused', async () => {
    const one = await written(whole)
    const other = await written([session({ venueId: 'okx' })])
    await expect(tapeInfo([one, other])).rejects.toThrow(/venue is okx; the tapes before it are of binanceusdm/)
    const ticks = await written([session({ instruments: [ETHUSDT, { ...BTCUSDT, tickSize: '0.50' }] })])
    await expect(tapeInfo([one, ticks])).rejects.toThrow(
      /tickSize of BTC\/USDT:USDT is 0\.50; in the tapes before it was 0\.10/,
    )
    const unknown = await written([session({ venueId: 'bitmex' }), whole[1]!])
    await expect(tapeInfo([unknown])).rejects.toThrow(/its venue is bitmex; it must be one of/)
  })

  test('only the first line is read for what a tape of ours holds', async () => {
    const path = await written(whole)
    const text = gunzipSync(await readFile(path))
      .toString('utf8')
      .split('\n')[0]!
    await writeFile(path, gzipSync(`${text}\nno tape from here on\n`))
    await expect(tapeInfo([path])).rejects.toThrow(/line 2/)
  })
})

describe('real tapes', () => {
  test.skipIf(realTape('binance-usdm-ethusdt-20240718.gz').absent).each([
    [['binance-usdm-ethusdt-20240718.gz'], { bookUpdates: 3_268, trades: 1_640, quotesCompared: 281 }, -1_520],
    // Longer ones: `npm run test:faults`.
  ])('%j is whole', expectWhole)

  test.skipIf(realTape('binance-usdm-btcusdt-20230405.gz').absent)(
    'the second half of a chain alone has no book',
    async () => {
      const { counts } = await verifyTapes([realTape('binance-usdm-btcusdt-20230405.gz').file])
      expect(counts).toEqual({ 'no-snapshot': 2 })
    },
  )
})
