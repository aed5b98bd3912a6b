import { beforeAll, describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { converter } from '../../../src/core/instrument.ts'
import { epochMs } from '../../../src/core/units.ts'
import { featureEngine } from '../../../src/features/feature-engine.ts'
import { featureHash } from '../../../src/features/feature-hash.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import { featureSchema } from '../../../src/features/feature-schema.ts'
import { overlap } from '../../../src/inference/overlap.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { candleInstruments } from '../../../src/wiring/backtest/candle-instruments.ts'
import { CandleLane } from '../../../src/wiring/backtest/candle-lane.ts'
import type { Moments, MomentWindows, WindowSource } from '../../../src/wiring/backtest/window-source.ts'
import { windowsHere } from '../../../src/wiring/backtest/window-source.ts'
import { startFeatureThread } from '../../../src/wiring/backtest/window-thread.ts'
import type { BacktestConfig } from '../../../src/wiring/config/schema.ts'
import { BASE, SHORT } from './support/backtest-config.ts'
import { MINUTE_MS, madeCandles, START_AT } from './support/candles.ts'
import { walked } from './support/walk.ts'

const STEPS = 3
/** More than the lots that may wait hold. */
const COUNT = 2_600
const CONFIG: BacktestConfig = {
  ...BASE,
  symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
  features: {
    ...BASE.features,
    timeframes: ['1m', '5m'],
    missing: { rule: 'carry', barsMax: 2, mask: true },
    indicators: [{ name: 'rsi', periods: [5] }, { name: 'funding_rate' }],
  },
}
const series = CONFIG.symbols.map((symbol, at) => ({
  ...madeCandles({ seed: at, count: COUNT, symbol }),
  funding: [1, 481, 1_000].map((minute) => ({ at: epochMs(START_AT + minute * MINUTE_MS), rate: minute / 1e6 })),
  filled: Int32Array.from([700, 701, 702, 703, 1_500]),
}))
const schema = featureSchema({ barMs: CONFIG.barMs, ...CONFIG.features })
const lanes = () =>
  candleInstruments(CONFIG).map((instrument, at) => {
    const { candles, ...rest } = series[at]!
    return new CandleLane(converter(instrument), { ...rest, candle: (index) => candles[index]! }, 0.5)
  })
const threaded = () =>
  startFeatureThread().windows({ schema, steps: STEPS, halfSpreadBps: 0.5, series, lanes: lanes() })

const bentBar = (bar: Bar, index: number): Bar => (index === 2_000 ? { ...bar, close: bar.close * 1.001 } : bar)

const bitsOf = ({ row, values, steps, ready }: FeatureWindow): string =>
  [
    featureHash(values),
    featureHash(row.values),
    row.ready,
    row.schemaHash,
    steps,
    ready,
    JSON.stringify(row.bar),
  ].join()

/** Asked for in lots of `sizes`, again and again. */
async function read(
  source: WindowSource,
  sizes: readonly number[],
): Promise<{ readonly windows: readonly FeatureWindow[]; readonly digest: string }> {
  const windows: FeatureWindow[] = []
  for (let at = 0, nth = 0; at < COUNT; nth += 1) {
    const count = Math.min(sizes[nth % sizes.length]!, COUNT - at)
    windows.push(...allOf(await source.next(count)).flat())
    at += count
  }
  await source.close()
  return { windows, digest: source.digest() }
}

const allOf = (moments: Moments): readonly MomentWindows[] =>
  Array.from({ length: moments.length }, (_, nth) => moments.at(nth)!)

/** Computed here; `bent`: what becomes of a bar on its way. */
function readHere(bent = (bar: Bar, _index: number): Bar => bar) {
  const made = lanes().map((lane) => ({ lane, bar: (index: number) => bent(lane.bar(index), index) }))
  const converters = made.map(({ lane }) => lane.converter)
  return read(windowsHere(featureEngine({ schema, converters, steps: STEPS }), made), [COUNT])
}

describe('features of a thread', () => {
  let there: Awaited<ReturnType<typeof read>>
  beforeAll(async () => {
    there = await read(threaded(), [1, 700, 64])
  })

  test('are those of this one, bit for bit, however many are asked for', async () => {
    const here = await readHere()
    expect(here.windows.filter(({ ready }) => ready).length).toBeGreaterThan(COUNT)
    expect(here.windows.some(({ row }) => row.bar.taints.length > 0)).toBe(true)
    expect(there.windows.length).toBe(here.windows.length)
    expect(there.windows.map(bitsOf)).toEqual(here.windows.map(bitsOf))
    expect(there.digest).toBe(here.digest)
  })

  test('have another digest when one bar is another', async () => {
    expect((await readHere(bentBar)).digest).not.toBe(there.digest)
  })

  test('a window that needs no look at its values holds finite ones', () => {
    const known = there.windows.filter(({ allFinite }) => allFinite)
    expect(known.length).toBeGreaterThan(COUNT)
    expect(known.every(({ values }) => values.every(Number.isFinite))).toBe(true)
  })

  test('those of one instrument are one stretch of memory that the model’s thread can read; closed early, nothing is left', async () => {
    const source = threaded()
    const moments = await source.next(100)
    await source.close()
    const found = overlap(allOf(moments).map((windows) => windows[0]!.values))
    expect(found?.stride).toBe(schema.names.length)
    expect(found?.values.length).toBe((STEPS - 1 + 100) * schema.names.length)
  })

  test('a run decides the same, however many bars go through the model at once', async () => {
    const pair = CONFIG.symbols.map((symbol, at) => madeCandles({ seed: at + 1, count: 900, carry: 0.5, symbol }))
    const config = (batch: number) => ({ ...SHORT, symbols: CONFIG.symbols, backtest: { ...SHORT.backtest, batch } })
    const here = await walked(config(1), pair)
    const there = await walked(config(64), pair, { featureThread: startFeatureThread() })
    expect(new Set(here.record.trips.map(({ symbol }) => symbol)).size).toBe(2)
    expect(there.runHash).toBe(here.runHash)
  })

  test('once it is closed, or for a second run, it gives nothing', async () => {
    const thread = startFeatureThread()
    const settings = { schema, steps: STEPS, halfSpreadBps: 0.5, series, lanes: lanes() }
    const source = thread.windows(settings)
    expect(() => thread.windows(settings)).toThrow(InvariantError)
    await thread.close()
    await expect(source.next(COUNT)).rejects.toThrow('is closed')
  })

  test('what goes wrong there is told', async () => {
    const bad = { ...schema, settings: { ...schema.settings, volumePeriod: -1 } }
    const source = startFeatureThread().windows({
      schema: bad,
      steps: STEPS,
      halfSpreadBps: 0.5,
      series,
      lanes: lanes(),
    })
    await expect(source.next(1)).rejects.toThrow('volumePeriod was -1')
    await source.close()
  })
})
