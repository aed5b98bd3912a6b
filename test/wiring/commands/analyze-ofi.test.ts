import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { controlText, TAPE_FORMAT } from '../../../src/adapters/tape/tape-control.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { OfiReport } from '../../../src/report/ofi/ofi-report.ts'
import { type AnalyzeOfiOptions, analyzeOfiCommand } from '../../../src/wiring/commands/analyze-ofi.ts'
import { realTape } from '../../market/real-tapes.ts'
import { regress } from '../../market/regress.ts'
import { fakeIo } from './fake-io.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'tickwright-ofi-'))
const defaults = { bar: '1s', source: 'bookTicker', clock: 'receive', plot: false, json: true } as const

async function analyze(options: Partial<AnalyzeOfiOptions> & Pick<AnalyzeOfiOptions, 'tape'>) {
  const { io, out } = fakeIo()
  expect(await analyzeOfiCommand({ ...defaults, ...options }, io)).toBe(0)
  return out
}

async function report(options: Parameters<typeof analyze>[0]): Promise<OfiReport> {
  const out = await analyze(options)
  return JSON.parse(out.at(-1)!) as OfiReport
}

const btc = realTape('binance-usdm-btcusdt-20240808.gz')
const unbooked = realTape('binance-usdm-btcusdt-20230405.gz')
const coinm = realTape('binance-coinm-btcusd_perp-20240808.gz')

/** As printed: decimals of a fixed number of places, significant digits for the slope. */
const printed = (figures: OfiReport): readonly (string | number | undefined)[] => [
  figures.n,
  figures.rSquared?.toFixed(4),
  figures.slopeTicksPerUnit?.toPrecision(6),
  figures.tStatistic?.toFixed(1),
  figures.tradeImbalanceRSquared?.toFixed(4),
  figures.bothRSquared?.toFixed(4),
  figures.nextBarRSquared?.toFixed(4),
]

describe('real captures: every printed digit of the reference table', () => {
  test.skipIf(btc.absent).each([
    ['1s', 344, '0.3797', '1.95396', '14.5', '0.5219', '0.6621', '0.0028', -109.1],
    ['10s', 34, '0.5214', '2.17375', '5.9', '0.4408', '0.6300', '0.0006', -90.463],
  ] as const)('BTCUSDT 2024-08-08, %s bars', async (bar, n, r2, beta, t, trades, both, next, sum) => {
    const figures = await report({ tape: [btc.file], bar })
    expect(printed(figures)).toEqual([n, r2, beta, t, trades, both, next])
    expect(figures).toMatchObject({ sumOfi: sum, unit: 'BTC', tickSize: 0.1, brokenBars: 0, symbol: 'BTC/USDT:USDT' })
    expect(figures.multiLevelRSquared).toBeGreaterThan(figures.ofiNormalisedRSquared!)
  })

  test.skipIf(coinm.absent)('COIN-M BTCUSD, 1 s bars, in contracts', async () => {
    const figures = await report({ tape: [coinm.file] })
    expect(printed(figures)).toEqual([343, '0.5172', '0.00955339', '19.1', '0.5310', '0.8287', '0.0084'])
    expect(figures).toMatchObject({ sumOfi: -163_669, unit: 'contracts', symbol: 'BTC/USD:BTC' })
  })

  test.skipIf(unbooked.absent)('a file without a snapshot: its book is never whole, its quotes are', async () => {
    const figures = await report({ tape: [unbooked.file] })
    expect(figures).toMatchObject({ n: 414, bars: 414, brokenBars: 0, multiLevelRSquared: null })
  })

  test.skipIf(btc.absent)('the rebuilt book and the exchange clock tell much the same', async () => {
    const figures = await report({ tape: [btc.file], source: 'book', clock: 'exchange' })
    expect(figures).toMatchObject({ source: 'book', clock: 'exchange', brokenBars: 0 })
    expect(figures.rSquared).toBeGreaterThan(0.35)
    expect(figures.rSquared).toBeLessThan(0.5)
  })
})

interface Synthetic {
  readonly lines: readonly string[]
  /** Σ e_n, move and signed volume of each second, reckoned from the numbers that the lines were made of. */
  readonly ofi: readonly number[]
  readonly moves: readonly number[]
  readonly signed: readonly number[]
}

const START_MS = 1_700_000_000_000

/** Best quotes that walk by whole ticks of 0.5, sizes of whole lots of 0.01, and trades; ten of each a second. */
function synthetic(seconds: number, symbol = 'ABCUSDT'): Synthetic {
  const draw = seededRandom(3)
  const upTo = (most: number): number => Math.floor(draw() * (most + 1))
  const lines: string[] = []
  const zeros = (): number[] => Array.from({ length: seconds }, () => 0)
  const [ofi, signed, mids] = [zeros(), zeros(), zeros()]
  let [bid, bidSize, ask, askSize] = [1_000, 50, 1_001, 50]
  let firstMid = Number.NaN
  for (let nth = 0; nth <= seconds * 10; nth += 1) {
    const at = START_MS + nth * 100
    const second = Math.floor(nth / 10)
    const before = { bid, bidSize, ask, askSize }
    const step = nth === 0 ? 0 : upTo(2) - 1
    bid += step
    ask += step
    bidSize = 1 + upTo(90)
    askSize = 1 + upTo(90)
    const data = {
      e: 'bookTicker',
      u: nth + 1,
      s: symbol,
      b: `${bid / 2}`,
      B: text(bidSize),
      a: `${ask / 2}`,
      A: text(askSize),
    }
    lines.push(`${at}000 ${JSON.stringify({ stream: 'x', data: { ...data, T: at, E: at } })}`)
    if (nth === 0) firstMid = (bid + ask) / 2
    if (second >= seconds) break
    if (nth > 0) {
      ofi[second]! += (bid >= before.bid ? bidSize : 0) - (bid <= before.bid ? before.bidSize : 0)
      ofi[second]! -= (ask <= before.ask ? askSize : 0) - (ask >= before.ask ? before.askSize : 0)
    }
    mids[second] = (bid + ask) / 2
    const isBuy = draw() < 0.5
    const size = 1 + upTo(30)
    signed[second]! += isBuy ? size : -size
    const trade = {
      e: 'trade',
      s: symbol,
      t: nth + 1,
      p: `${bid / 2}`,
      q: text(size),
      X: 'MARKET',
      m: !isBuy,
      T: at,
      E: at,
    }
    lines.push(`${at + 1}000 ${JSON.stringify({ stream: 'x', data: trade })}`)
  }
  const unit = (lots: number): number => lots / 100
  const moves = mids.map((mid, second) => mid - (second === 0 ? firstMid : mids[second - 1]!))
  return { lines, ofi: ofi.map(unit), moves, signed: signed.map(unit) }
}

const text = (lots: number): string => (lots / 100).toFixed(2)

function tapeOf(name: string, lines: readonly string[]): string {
  const file = path.join(folder, name)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

describe('a synthetic tape', () => {
  const made = synthetic(60)
  const tape = [tapeOf('one.txt', made.lines)]

  test('equals brute-force sums and regressions', async () => {
    const figures = await report({ tape })
    const brute = regress(made.ofi, made.moves)
    const ahead = regress(made.ofi.slice(0, -1), made.moves.slice(1))
    const trades = regress(made.signed, made.moves)
    expect(figures).toMatchObject({
      n: 60,
      bars: 60,
      tickSize: 0.5,
      unit: 'ABC',
      multiLevelRSquared: null,
      integratedWeights: null,
    })
    expect(figures.slopeTicksPerUnit).toBeCloseTo(brute.beta, 9)
    expect(figures.rSquared).toBeCloseTo(brute.r2, 9)
    expect(figures.tStatistic).toBeCloseTo(Math.sign(brute.beta) * Math.sqrt((brute.r2 * 58) / (1 - brute.r2)), 6)
    expect(figures.nextBarRSquared).toBeCloseTo(ahead.r2, 9)
    expect(figures.tradeImbalanceRSquared).toBeCloseTo(trades.r2, 9)
    expect(figures.kyleLambdaTicksPerUnit).toBeCloseTo(trades.beta, 9)
    expect(figures.sumOfi).toBeCloseTo(
      made.ofi.reduce((sum, each) => sum + each, 0),
      8,
    )
  })

  test('two files that follow each other are one tape; in the wrong order they are refused', async () => {
    const half = made.lines.length / 2
    const files = [tapeOf('first.txt', made.lines.slice(0, half)), tapeOf('second.txt', made.lines.slice(half))]
    expect(await report({ tape: files })).toMatchObject({ ...(await report({ tape })) })
    await expect(report({ tape: files.toReversed() })).rejects.toThrow('in the order of their time')
  })

  test('a pause between two files breaks the bars that it spans, no other', async () => {
    const later = made.lines.map((line) => line.replaceAll(/(?<![\d.])1700000(\d{6})/g, '1700100$1'))
    const files = [tape[0]!, tapeOf('later.txt', later)]
    const figures = await report({ tape: files, bar: '1s' })
    expect(figures.bars - figures.brokenBars).toBe(60 + 59)
  })

  test('a frame that cannot be read breaks its bar', async () => {
    const broken = made.lines.map((line, at) => (at === 300 ? line.replace(/"B":"[^"]*"/, '"B":"1e308"') : line))
    expect(broken[300]).not.toBe(made.lines[300])
    expect(await report({ tape: [tapeOf('broken.txt', broken)] })).toMatchObject({
      n: 59,
      bars: 60,
      brokenBars: 1,
      malformedFrames: 1,
    })
  })

  test('the text says that a same-bar fit is no skill, and which figure foretells', async () => {
    const [said = ''] = await analyze({ tape, json: false })
    expect(said).toContain('Same-bar fits are no skill')
    expect(said).toContain('Only the next-bar figures foretell anything')
    expect(said).toMatch(/R² of ΔP on\s+in sample\s+out of s\.\s+in sample\s+by chance\s+out of s\.\s+bars/)
    expect(said).toContain('No whole book on the tape')
  })

  test('plot and bars are written; the page loads nothing', async () => {
    const [plot, out] = [path.join(folder, 'deep/er/plot.html'), path.join(folder, 'bars.csv')]
    const said = await analyze({ tape, json: false, plot, out })
    expect(said.slice(-2)).toEqual([`plot: ${plot}`, `bars: ${out}`])
    expect(readFileSync(plot, 'utf8')).toContain('ABC/USDT:USDT')
    const rows = readFileSync(out, 'utf8').trim().split('\n')
    expect(rows).toHaveLength(61)
    expect(rows[0]).toBe(
      'startAt,ofi,moveTicks,mid,signedVolume,volume,broken,ofi_1,ofi_2,ofi_3,ofi_4,ofi_5,ofi_6,ofi_7,ofi_8,ofi_9,ofi_10',
    )
    expect(Number(rows[1]!.split(',')[1])).toBeCloseTo(made.ofi[0]!, 8)
  })

  test('of several instruments one must be named, in ccxt’s form or the venue’s', async () => {
    const both = [...made.lines, ...synthetic(60, 'XYZUSDT').lines].sort()
    const two = [tapeOf('two.txt', both)]
    await expect(report({ tape: two })).rejects.toThrow('name one with --symbol')
    await expect(report({ tape: two, symbol: 'NO/USDT:USDT' })).rejects.toThrow('hold ABC/USDT:USDT, XYZ/USDT:USDT')
    const named = await report({ tape: two, symbol: 'XYZUSDT' })
    const { n, rSquared } = await report({ tape })
    expect(named).toMatchObject({ symbol: 'XYZ/USDT:USDT', n, rSquared })
  })

  test('a tape of ours names its venue and instrument: the book of a Bybit session', async () => {
    const at = (ms: number): EpochMs => (START_MS + ms) as EpochMs
    const instrument = {
      symbol: 'ABC/USDT:USDT',
      venueSymbol: 'ABCUSDT',
      base: 'ABC',
      quote: 'USDT',
      settle: 'USDT',
      inverse: false,
    }
    const steps = { tickSize: '0.25', lotSize: '0.5', contractSize: '1', lotsMin: 1, lotsMax: 9e9, lotsMaxMarket: 9e9 }
    const session = controlText({
      kind: 'session',
      format: TAPE_FORMAT,
      program: 'test',
      venueId: 'bybit',
      mode: 'record',
      instruments: [{ ...instrument, ...steps, notionalMin: 5, makerFeeRate: 0, takerFeeRate: 0 }],
      streams: [],
      startedAt: at(0),
      fileNumber: 1,
      previousFile: null,
    })
    const frame = (ms: number, id: number, type: string, b: string[][], a: string[][]): string =>
      JSON.stringify({
        topic: 'orderbook.200.ABCUSDT',
        type,
        ts: at(ms),
        cts: at(ms),
        data: { s: 'ABCUSDT', b, a, u: id, seq: id },
      })
    const lines = [
      `${at(0)} ${session}`,
      `${at(1)} ${frame(1, 5, 'snapshot', [['10', '4']], [['10.5', '6']])}`,
      `${at(500)} ${frame(500, 6, 'delta', [['10', '7']], [])}`, // +3 units
      `${at(1_500)} ${frame(1_500, 7, 'delta', [['10.25', '2']], [])}`, // +2 units, the mid half a tick up
      `${at(2_500)} ${frame(
        2_500,
        8,
        'delta',
        [],
        [
          ['10.5', '0'],
          ['10.75', '1'],
        ],
      )}`, // +6 units, half a tick up
      `${at(3_500)} ${frame(3_500, 9, 'delta', [], [])}`,
    ]
    const figures = await report({ tape: [tapeOf('ours.txt', lines)], source: 'book' })
    expect(figures).toMatchObject({ n: 3, tickSize: 0.25, unit: 'ABC', sumOfi: 11 })
    expect(figures.slopeTicksPerUnit).toBeCloseTo(regress([3, 2, 6], [0, 0.5, 0.5]).beta, 12)
  })

  test.each([
    ['--bar', { bar: '1 s' }, '--bar was "1 s"'],
    ['--bar of none', { bar: '0s' }, 'whole number and ms, s, m, h or d'],
    ['--bar too long', { bar: '25h' }, 'at most 1d'],
    ['--plot', { plot: 'x.png' }, '--plot was "x.png"; it must end in .html'],
    ['no book', { source: 'book' }, 'no whole book'],
    ['too short for one bar', { bar: '1h' }, 'no bar of 1h for ABC/USDT:USDT'],
    ['no such file', { tape: [path.join(folder, 'none')] }, 'a tape must be a readable file'],
    ['unwritable file', { out: path.join(folder, 'one.txt/bars.csv') }, 'it must be a writable file'],
  ] as const)('bad input is named: %s', async (_name, options, message) => {
    await expect(report({ tape, ...options })).rejects.toThrow(message)
  })

  test('no default plot is left behind where none was asked for', () => {
    expect(existsSync('state/reports/ofi-one-1s-bookTicker-receive.html')).toBe(false)
  })
})
