import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { simulatedTape } from '../fixtures/make-tape.ts'
import { realTape } from '../market/real-tapes.ts'
import { killPrograms, lastJson, runProgram } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { EAGER_POLICY, workspace } from '../support/workspace.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

const SIMULATED = 'test/fixtures/tapes/simulated-btcusdt.gz'
/** Fees are those of the instrument on the tape; without them the model trades often enough for a short tape. */
const instruments = ['BTC/USDT:USDT', 'ETH/USDT:USDT'].map((symbol) => ({
  symbol,
  venueSymbol: symbol === 'BTC/USDT:USDT' ? 'BTCUSDT' : 'ETHUSDT',
  tickSize: '0.10',
  lotSize: '0.001',
  lotsMin: 1,
  lotsMax: 1_000_000,
  lotsMaxMarket: 120_000,
  notionalMin: 100,
  makerFeeRate: 0,
  takerFeeRate: 0,
}))
const eager = space.config('replay', { policy: EAGER_POLICY, replay: { instruments } })

/** `run`: within this process, or as the built program. */
async function replay(tape: string, config = eager, run: typeof runProgram = runHere) {
  const { code, out, err } = await run(['replay', '--tape', tape, '--config', config, '--json'])
  expect(err).toBe('')
  expect(code).toBe(0)
  return lastJson(out)
}

/** Counted line by line, by no code of ours. Volume in thousandths of the base. */
function counted(tape: string) {
  const count = { frames: 0, trades: 0, bookUpdates: 0, bookTickers: 0, milliBase: 0 }
  for (const line of gunzipSync(readFileSync(tape)).toString().split('\n')) {
    if (line === '') continue
    count.frames += 1
    if (line.includes('"e":"depthUpdate"')) count.bookUpdates += 1
    if (line.includes('"e":"bookTicker"')) count.bookTickers += 1
    if (!line.includes('"e":"trade"')) continue
    count.trades += 1
    if (line.includes('"X":"MARKET"')) count.milliBase += Math.round(Number(/"q":"([\d.]+)"/.exec(line)?.[1]) * 1_000)
  }
  return count
}

function expectCounts(summary: Record<string, unknown>, tape: string): void {
  const { milliBase, ...counts } = counted(tape)
  expect(summary).toMatchObject({ ...counts, gaps: 0, bookTickerMismatches: 0, malformedFrames: 0, truncatedLines: 0 })
  expect(Number(summary['tradedBaseVolume'])).toBeCloseTo(milliBase / 1_000, 9)
  expect(summary['bookTickersCompared']).toBeGreaterThan(0)
  expect(summary['decisions']).toBe(summary['bars'])
  expect(summary['orders']).toBeGreaterThan(0)
  expect(summary['fills']).toBeGreaterThan(0)
}

/** Everything that must repeat: all but how long it took. */
const repeatable = (summary: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(summary).filter(([key]) => !/Ms|realTimeFactor|tapeSeconds/.test(key)))

describe('a replay of a tape', () => {
  test('counts what stands on it and decides the same each time, in ns, in µs, packed or plain', async () => {
    const text = gunzipSync(readFileSync(SIMULATED)).toString()
    const inMicroseconds = join(space.dir, 'microseconds.txt')
    writeFileSync(inMicroseconds, text.replace(/^(\d{16})\d{3} /gm, '$1 '))
    const [first, second] = await Promise.all([replay(SIMULATED, eager, runProgram), replay(SIMULATED)])
    expectCounts(first, SIMULATED)
    expect(first['bars']).toBe(59) // A minute's last second has no later frame that would close it.
    expect(first['decisionHash']).toMatch(/^[0-9a-f]{64}$/)
    expect(repeatable(second)).toEqual(repeatable(first))
    expect(repeatable(await replay(inMicroseconds))).toEqual(repeatable(first))
  }, 90_000)

  test('another policy gives another decision hash', async () => {
    const calm = space.config('replay', { policy: { enterEdgeBps: 1_000 } })
    const [busy, idle] = [await replay(SIMULATED), await replay(SIMULATED, calm)]
    expect(idle['orders']).toBe(0)
    expect(idle['decisionHash']).not.toBe(busy['decisionHash'])
  }, 90_000)

  test('orders below the least notional are never sent', async () => {
    const policy = { ...EAGER_POLICY, notionalMaxQuote: 50 } // The instrument's least is 100.
    const summary = await replay(SIMULATED, space.config('replay', { policy, replay: { instruments } }))
    expect(summary).toMatchObject({ bars: 59, orders: 0, fills: 0, refusals: 0 })
    expect(summary['forecasts']).toBeGreaterThan(0)
  }, 90_000)

  test('a hole in the book updates is a gap, and its bars are not traded', async () => {
    const lines = gunzipSync(readFileSync(SIMULATED)).toString().split('\n')
    const updates = lines.flatMap((line, index) => (line.includes('"e":"depthUpdate"') ? [index] : []))
    const lost = updates[Math.floor(updates.length / 2)] ?? -1
    const holed = join(space.dir, 'holed.txt')
    writeFileSync(holed, lines.filter((_, index) => index !== lost).join('\n'))
    const summary = await replay(holed)
    expect(summary['gaps']).toBe(1)
    expect(summary['forecasts']).toBeLessThan(40)
  }, 90_000)

  test('the simulator that made the tape gives the same market each time', () => {
    expect(simulatedTape(3)).toBe(simulatedTape(3))
  })

  const { file, absent } = realTape('binance-usdm-btcusdt-20240808.gz')
  test.skipIf(absent)(
    'a real capture of Binance USD-M agrees with itself',
    async () => {
      const summary = await replay(file)
      expectCounts(summary, file)
      expect(summary).toMatchObject({ trades: 21_313, bookUpdates: 6_551, bookTickers: 66_089, tradesExcluded: 0 })
      expect(summary['bars']).toBeGreaterThan(340)
    },
    60_000,
  )
})
