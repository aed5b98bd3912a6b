import type { CandleSeries } from '../../market/candles/candle.ts'
import { packCandles } from '../../market/candles/packed-candles.ts'
import { type CheckOptions, comparePrefixes, type LookaheadReport, type OnDecision } from './compare-prefixes.ts'
import { cutSeries } from './load-series.ts'

/** Runs a backtest on these candles, from nothing: models, ledger and features included. */
export type RunOn = (series: readonly CandleSeries[], onDecision: OnDecision) => Promise<void>

/** `comparePrefixes` over candles: the shorter runs end with a random candle. */
export function checkLookahead(
  series: readonly CandleSeries[],
  run: RunOn,
  options: CheckOptions,
): Promise<LookaheadReport> {
  const { candles } = series[0]!
  return comparePrefixes(
    {
      whole: (onDecision) => run(series, onDecision),
      async upTo(share, onDecision) {
        const last = candles.at(Math.max(0, Math.floor(candles.length * share) - 1))!.startAt
        const shorter = series.map((one) => cutSeries(one, Number.NEGATIVE_INFINITY, last))
        await run(shorter, onDecision)
        return last
      },
    },
    options,
  )
}

/**
 * For showing that the check can fail: volume that knows which way the next candle closes, as a series does that was smoothed or
 * resampled over its own future.
 */
export function withPlantedLookahead(series: CandleSeries): CandleSeries {
  const { candles } = series
  const planted = packCandles(candles.length, (at) => {
    const candle = candles.at(at)!
    const next = candles.at(at + 1)
    const factor = next === undefined ? 1 : next.close > candle.close ? 1.5 : 0.5
    return { ...candle, volume: candle.volume * factor }
  })
  return { ...series, candles: planted }
}
