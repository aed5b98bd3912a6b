import { describe, expect, test } from 'vitest'
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

describe('features of a thread', () => {
  test('are those of this one, bit for bit, however many are asked for', async () => {
    const made = lanes()
    const converters = made.map((lane) => lane.converter)
    const here = await read(windowsHere(featureEngine({ schema, converters, steps: STEPS }), made), [COUNT])
    expect(here.windows.filter(({ ready }) => ready).length).toBeGreaterThan(COUNT)
    expect(here.windows.some(({ row }) => row.bar.taints.length > 0)).toBe(true)
    const there = await read(threaded(), [1, 700, 64])
    expect(there.windows.length).toBe(here.windows.length)
    expect(there.windows.map(bitsOf)).toEqual(here.windows.map(bitsOf))
    expect(there.digest).toBe(here.digest)
  })

  test('a window that needs no look at its values holds finite ones', async () => {
    const { windows } = await read(threaded(), [COUNT])
    const known = windows.filter(({ allFinite }) => allFinite)
    expect(known.length).toBeGreaterThan(COUNT)
    expect(known.every(({ values }) => values.every(Number.isFinite))).toBe(true)
  })

  test('are another when one value of one row is', async () => {
    const made = lanes()
    const converters = made.map((lane) => lane.converter)
    const bent = made.map((lane) => ({
      converter: lane.converter,
      bar: (index: number) => bentBar(lane.bar(index), index),
    }))
    const source = windowsHere(featureEngine({ schema, converters, steps: STEPS }), bent)
    const here = await read(source, [COUNT])
    expect(here.digest).not.toBe((await read(threaded(), [COUNT])).digest)
  })

  test('those of one instrument are one stretch of memory that the model’s thread can read', async () => {
    const source = threaded()
    const moments = await source.next(100)
    await source.close()
    const found = overlap(allOf(moments).map((windows) => windows[0]!.values))
    expect(found?.stride).toBe(schema.names.length)
    expect(found?.values.length).toBe((STEPS - 1 + 100) * schema.names.length)
  })

  test('a run decides the same', async () => {
    const edge = madeCandles({ seed: 1, count: 1_200, carry: 0.5 })
    const here = await walked(SHORT, [edge])
    const there = await walked(SHORT, [edge], { featureThread: startFeatureThread() })
    expect(there.record.trips.length).toBeGreaterThan(10)
    expect(there.runHash).toBe(here.runHash)
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

  test('nothing is left of it when it is closed early', async () => {
    const source = threaded()
    await source.next(1)
    await source.close()
  })
})
