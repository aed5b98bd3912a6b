import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import type { EpochMs } from '../../src/core/units.ts'
import type { Bar } from '../../src/market/bar.ts'
import { barBuilder } from '../../src/market/bar-builder.ts'
import { barSpec } from '../../src/market/bar-spec.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { timeframes } from '../../src/market/timeframes.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import { watermarker } from '../../src/market/watermarks.ts'
import { watermarkOf } from './events.ts'
import { BTCUSDT, ETHUSDT } from './instruments.ts'
import { realTape } from './real-tapes.ts'

const MINUTE_MS = 60_000
const linesOf = (file: string): string[] => gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')

/** Everything that the captures hold, in the order of arrival, with watermarks and one more an hour past the end. */
function eventsOf(names: readonly string[], instrument: Instrument): MarketEvent[] {
  const mapper = binanceFrameMapper(new Map([[instrument.venueSymbol, converter(instrument)]]))
  // Trades of 2023 run up to 2 s behind the exchange's other events.
  const watermarkFor = watermarker({ barMs: MINUTE_MS, latenessMs: 5_000 })
  const events: MarketEvent[] = []
  for (const line of names.flatMap((name) => linesOf(realTape(name).file))) {
    const text = line.slice(line.indexOf(' ') + 1)
    const outcome = mapper.map(JSON.parse(text), Number(line.slice(0, 13)) as EpochMs, instrument.venueSymbol)
    if (outcome.kind !== 'event') continue
    const watermark = watermarkFor(outcome.event)
    if (watermark) events.push(watermark)
    events.push(outcome.event)
  }
  return [...events, watermarkOf(events.at(-1)!.exchangeTime + 60 * MINUTE_MS)]
}

function barsOf(text: string, events: readonly MarketEvent[], instrument: Instrument): Bar[] {
  const order = sequencer()
  const builder = barBuilder({ converter: converter(instrument), bar: barSpec(text) })
  const bars: Bar[] = []
  for (const event of events) order.step(event, (next) => bars.push(...builder.step(next, order.book)))
  return bars
}

interface Candle {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** The exchange's own candles by their start. */
function candles(name: string): ReadonlyMap<number, Candle> {
  const file = path.join(path.dirname(realTape(btc2024[0]!).file), '../bars', name)
  const rows = linesOf(file).map((row) => row.split(',').map(Number))
  return new Map(
    rows.map(([at, open, high, low, close, volume]) => [at!, { open, high, low, close, volume } as Candle]),
  )
}

const rounded = (value: number): number => Number(value.toFixed(6))
const candleOf = ({ open, high, low, close, buyVolume, sellVolume }: Bar): Candle => ({
  open: rounded(open),
  high: rounded(high),
  low: rounded(low),
  close: rounded(close),
  volume: rounded(buyVolume + sellVolume),
})

const chain2023 = ['binance-usdm-btcusdt-20230404.gz', 'binance-usdm-btcusdt-20230405.gz']
const btc2024 = ['binance-usdm-btcusdt-20240808.gz']
const eth2024 = ['binance-usdm-ethusdt-20240718.gz']
const absent = realTape(chain2023[1]!).absent

const FRAMES = [5, 15].map((minutes) => minutes * MINUTE_MS)

test.skipIf(absent).each([
  ['BTC of 2023', chain2023, BTCUSDT, [5, 15], 1],
  ['BTC of 2024', btc2024, BTCUSDT, [5, 15], 1],
  ['ETH of 2024', eth2024, ETHUSDT, [15], 0],
] as const)(
  "%s: minutes of ours, joined, against the exchange's candles",
  (_name, tapes, instrument, minutes, whole) => {
    const events = eventsOf(tapes, instrument)
    const { step } = timeframes({ converter: converter(instrument), baseMs: MINUTE_MS, framesMs: FRAMES })
    const firstAt = events.find(({ kind }) => kind === 'book')!.exchangeTime
    const lastAt = events.findLast(({ kind }) => kind === 'trade')!.exchangeTime
    const bars = barsOf('1m', events, instrument).flatMap(step)
    let compared = 0
    for (const each of minutes) {
      const theirs = candles(`binance-usdm-${instrument.venueSymbol}-${each}m.csv.gz`)
      for (const bar of bars.filter(({ startAt, endAt }) => endAt - startAt === each * MINUTE_MS)) {
        if (bar.tradeCount === 0) continue
        const [ours, candle] = [candleOf(bar), theirs.get(bar.startAt)!]
        const hasStart = firstAt <= bar.startAt
        // A tape that ends at the boundary, as these do, has its last trade shortly before.
        const hasEnd = lastAt >= bar.endAt - 1_000
        if (hasStart && hasEnd) {
          expect(ours).toEqual(candle)
          compared += 1
        }
        if (hasStart) expect(ours.open).toBe(candle.open)
        if (hasEnd) expect(ours.close).toBe(candle.close)
        // The trade with the insurance fund, at 28,722.5, would stand out here.
        expect(ours.high).toBeLessThanOrEqual(candle.high)
        expect(ours.low).toBeGreaterThanOrEqual(candle.low)
        expect(ours.volume).toBeLessThanOrEqual(candle.volume)
      }
    }
    expect(compared).toBe(whole)
  },
)

describe('BTC of 2024 in event bars', () => {
  const events = absent ? [] : eventsOf(btc2024, BTCUSDT)
  const traded = events.reduce((lots, event) => lots + (event.kind === 'trade' ? event.size : 0), 0)

  test.skipIf(absent).each(['tick:100', 'dollar:1000000', 'imbalance:volume:100'])(
    '%s: clean but for the first, in order, and nothing traded is missing',
    (text) => {
      // An hour past the end a watermark closes what was still open.
      const bars = barsOf(`${text}:max=1h`, events, BTCUSDT)
      expect(bars.length).toBeGreaterThan(40)
      expect(bars.slice(1).every(({ taints }) => taints.length === 0)).toBe(true)
      expect(bars.every(({ startAt, endAt }) => startAt < endAt)).toBe(true)
      const lots = bars.reduce(
        (sum, { buyVolume, sellVolume }) => sum + Math.round((buyVolume + sellVolume) * 1_000),
        0,
      )
      expect(lots).toBe(traded)
    },
  )
})
