import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { resample } from '../../../src/market/candles/resample.ts'
import { type CandleRequest, loadCandles } from '../../../src/wiring/candles/load-candles.ts'
import { MEND, MINUTE, minutes, REFUSE, START } from '../../market/candles/tables.ts'
import { allCandles } from '../../support/all-candles.ts'

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/candles')
const fixture = (name: string): string => path.join(FIXTURES, name)
const folder = mkdtempSync(path.join(tmpdir(), 'load-candles-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(name: string, rows: readonly (readonly (number | string)[])[], header?: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, [...(header ? [header] : []), ...rows.map((row) => row.join(','))].join('\n'))
  return file
}

const SYMBOL = 'BTC/USDT:USDT'
const load = (request: Partial<CandleRequest> & { file: string }) =>
  loadCandles({ symbol: SYMBOL, barMs: MINUTE, repair: REFUSE, ...request })
const PLAIN = 'ts,open,high,low,close,volume'
const sha256 = (...parts: (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

describe('a series of files as freqtrade writes them', () => {
  const request = {
    barMs: 900_000,
    fundingFile: fixture('BTC_USDT_USDT-8h-funding_rate.feather'),
    markFile: fixture('BTC_USDT_USDT-15m-mark.feather'),
  }

  test('candles, funding and marks fit together', async () => {
    const file = fixture('BTC_USDT_USDT-15m-futures.feather')
    const series = await load({ ...request, file })
    expect(series.candles).toHaveLength(96)
    expect(series.candles.at(0)).toMatchObject({ startAt: START, open: 94_000, high: 94_005.5, volume: 100 })
    // The fourth is of the next day.
    expect(series.funding).toEqual([
      { at: START, rate: 0.0001 },
      { at: START + 28_800_007, rate: -0.00002574 },
      { at: START + 57_600_014, rate: 0.00013862 },
    ])
    const bps = allCandles(series.candles).map(
      ({ close }, n) => Math.round(1e6 * Math.log(series.markCloses![n]! / close)) / 100,
    )
    expect(new Set(bps)).toEqual(new Set([2]))
    const files = [file, request.fundingFile, request.markFile].map((name) => sha256(readFileSync(name)))
    expect(series.dataHash).toBe(sha256(...files).toString('hex'))
    expect(series.filled).toBeUndefined()
  })

  test.each([
    ['another pair', { symbol: 'ETH/USDT:USDT' }, 'its pair is BTC_USDT_USDT; it must be ETH_USDT_USDT'],
    ['marks as candles', { file: request.markFile }, 'its kind is mark; it must be futures'],
    ['candles as funding', { fundingFile: request.markFile }, 'its kind is mark; it must be funding_rate'],
    ['another timeframe', { barMs: 300_000 }, 'its timeframe is 15m; it must be 5m'],
  ])('%s is refused', async (_name, change, message) => {
    const file = fixture('BTC_USDT_USDT-15m-futures.feather')
    await expect(load({ file, ...request, ...change })).rejects.toThrow(message)
  })
})

describe('Binance klines', () => {
  const klines = minutes(4).map(([ts, open, high, low, close, volume]) => [
    ...[ts! * 1e3, open!, high!, low!, close!, volume!],
    ...[ts! * 1e3 + 59_999_999, volume! * 100, 7, volume! / 2, volume! * 50, 0],
  ])

  test('in microseconds, with their order flow', async () => {
    const { candles } = await load({ file: fileOf('klines.csv', klines) })
    expect(candles.at(1)).toEqual({
      startAt: START + MINUTE,
      ...{ open: 101, high: 103, low: 100, close: 102, volume: 11 },
      ...{ quoteVolume: 1_100, tradeCount: 7, takerBuyVolume: 5.5 },
    })
  })

  test('inverse ones have the base volume where others have the quote volume', async () => {
    const { candles } = await load({ file: fileOf('inverse.csv', klines), symbol: 'BTC/USD:BTC' })
    expect(candles.at(1)).toMatchObject({ quoteVolume: Number.NaN, volume: 11 })
  })

  test('more taken than traded is refused', async () => {
    const bad = klines.with(1, klines[1]!.with(9, 11.5))
    await expect(load({ file: fileOf('taken.csv', bad) })).rejects.toThrow(
      'line 2: taker_buy_volume is 11.5; it is part of the volume, 11',
    )
  })
})

test('`from` and `to` are those of whole candles', async () => {
  const file = fileOf('plain.csv', minutes(10), PLAIN)
  const { candles } = await load({ file, from: epochMs(START + 1), to: epochMs(START + 5 * MINUTE) })
  expect(allCandles(candles).map(({ startAt }) => (startAt - START) / MINUTE)).toEqual([1, 2, 3, 4])
  await expect(load({ file, from: epochMs(START + 10 * MINUTE) })).rejects.toThrow(`${file}: no row lies from`)
})

test('repairs are counted over all files, and filled candles are named', async () => {
  const rows = minutes(12)
  const file = fileOf('holes.csv', [...rows.toSpliced(4, 2), rows[11]!], PLAIN)
  const marks = fileOf('marks.csv', rows.toSpliced(7, 1), PLAIN)
  const series = await load({ file, markFile: marks, repair: MEND })
  expect([...series.filled!]).toEqual([4, 5])
  expect(series.repairs).toEqual({ gapsFilled: 3, duplicatesDropped: 1, unsortedReordered: 0, nonFiniteDropped: 0 })
  // Without a mark the close stands for it.
  expect(series.markCloses![7]).toBe(series.candles.at(7)!.close)
})

test('spot prices among those of a future are seen against the mark', async () => {
  const marks = fileOf('true-marks.csv', minutes(20), PLAIN)
  const spliced = minutes(20).map((row, n) =>
    n >= 8 && n < 14 ? row.map((value, at) => (at >= 1 && at <= 4 ? value * 1.04 : value)) : row,
  )
  const file = fileOf('spliced.csv', spliced, PLAIN)
  await expect(load({ file, markFile: marks })).rejects.toThrow(
    /spliced\.csv: line 10: close is 10\d\.\d+; the mark price is 10\d, 392 bps off, and so for 6 marks; at most 300 bps/,
  )
  expect((await load({ file, markFile: marks, jumpBpsMax: 400 })).candles).toHaveLength(20)
  expect((await load({ file })).candles).toHaveLength(20)
})

const BARS = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'bars')
const isThere = existsSync(BARS)
if (!isThere) console.log(`skipped: no candles in ${BARS}; set TICKWRIGHT_DATA to the folder that holds bars/`)

const UNLIKE_DAYS = ['2023-11-10', '2024-03-27', '2024-03-28', '2024-10-28', '2025-01-14', '2025-01-29']

describe.skipIf(!isThere)('real candles', () => {
  const bars = (name: string): string => path.join(BARS, `binance-usdm-${name}.csv.gz`)

  test.each(['BTC', 'ETH'])(
    '15m of %s pass every rule, beside marks and funding, and make the 1h file',
    async (base) => {
      const symbol = `${base}/USDT:USDT`
      const [fundingFile, markFile] = [bars(`${base}USDT-funding`), bars(`${base}USDT-1h-mark`)]
      const series = await load({ symbol, barMs: 900_000, file: bars(`${base}USDT-15m`), fundingFile, markFile })
      expect(series.candles).toHaveLength(87_552)
      expect(series.funding).toHaveLength(2_736)
      const made = resample(series, 3_600_000)
      const from = series.candles.at(0)!.startAt
      const hours = await load({ symbol, barMs: 3_600_000, file: bars(`${base}USDT-1h`), markFile, from })
      expect(made.candles).toHaveLength(hours.candles.length)
      const differing = new Set<string>()
      for (const [n, hour] of allCandles(hours.candles).entries()) {
        const one = made.candles.at(n)!
        const isSame = (['startAt', 'open', 'high', 'low', 'close'] as const).every(
          (field) => one[field] === hour[field],
        )
        if (!isSame || Math.abs(one.volume - hour.volume) > 1e-3)
          differing.add(new Date(hour.startAt).toISOString().slice(0, 10))
      }
      // 23 hours of 43,776: the sources of the two files differ there, of both instruments alike (one has no trades of an hour).
      expect([...differing]).toEqual(UNLIKE_DAYS)
      expect(made.markCloses).toEqual(hours.markCloses)
    },
    60_000,
  )
})
