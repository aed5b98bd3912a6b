import { InputError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { CandleSeries } from '../../market/candles/candle.ts'
import { CandleLane } from '../backtest/candle-lane.ts'
import { type BarSource, identityOf, stepsOf } from './bar-source.ts'

export interface CandleSourceSettings {
  /** Of the same span, see `loadSeries`. */
  readonly series: readonly CandleSeries[]
  /** One for each series, in their order. */
  readonly converters: readonly Converter[]
  /** Half of the spread that is assumed, basis points of the close. */
  readonly halfSpreadBps: number
}

/** Bars as a backtest on candles sees them. Throws `InputError` when the series do not fit together. */
export function candleSource({ series, converters, halfSpreadBps }: CandleSourceSettings): BarSource {
  const count = checkedCount(series, converters)
  const spans = series.map(({ symbol, barMs, dataHash, candles, repairs }) => [
    ...[symbol, barMs, dataHash, candles.at(0)?.startAt ?? null, candles.length, repairs],
  ])
  return {
    identity: identityOf('candles', spans, stepsOf(converters), halfSpreadBps),
    async *groups() {
      const lanes = converters.map((one, at) => {
        const { candles, ...rest } = series[at]!
        return new CandleLane(one, { ...rest, candle: (index) => candles.at(index)! }, halfSpreadBps)
      })
      for (let index = 0; index < count; index += 1) yield lanes.map((lane) => lane.bar(index))
    },
  }
}

function checkedCount(series: readonly CandleSeries[], converters: readonly Converter[]): number {
  const [first] = series
  if (!first) throw new InputError('candles: at least one series is needed')
  for (const [at, { symbol, barMs, candles }] of series.entries()) {
    const expected = converters[at]?.instrument.symbol
    if (symbol !== expected) throw new InputError(`candles: series ${at} is of ${symbol}; it must be of ${expected}`)
    const isAlike =
      barMs === first.barMs &&
      candles.length === first.candles.length &&
      candles.at(0)?.startAt === first.candles.at(0)?.startAt
    if (isAlike) continue
    throw new InputError(`candles of ${symbol}: they must have the bar length and the span of ${first.symbol}`, {
      symbol,
    })
  }
  return first.candles.length
}
