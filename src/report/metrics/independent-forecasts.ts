import type { ForecastOutcome } from '../backtest/record.ts'

/**
 * How many of the forecasts do not share their horizon with another: by instrument, not more than horizons fit into the time they span.
 * Overlapping outcomes are much alike, and intervals from the plain count would be too narrow.
 */
export function independentCount(forecasts: readonly ForecastOutcome[], horizonMs: number): number {
  const spans = new Map<string, { count: number; from: number; to: number }>()
  for (const { symbol, at } of forecasts) {
    const span = spans.get(symbol) ?? { count: 0, from: at, to: at }
    spans.set(symbol, { count: span.count + 1, from: Math.min(span.from, at), to: Math.max(span.to, at) })
  }
  let sum = 0
  for (const { count, from, to } of spans.values()) sum += Math.min(count, 1 + Math.floor((to - from) / horizonMs))
  return sum
}
