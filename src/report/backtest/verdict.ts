import type { BacktestMetrics } from '../metrics/backtest-metrics.ts'
import { costSteps } from './cost-steps.ts'
import { change, metricText, numberOf, ratio, share } from './metric-text.ts'
import { countText, numberText, percentText, signedMoneyText } from './number-text.ts'
import type { BacktestRecord } from './record.ts'

/** Chance that counts as shown, of the deflated Sharpe ratio. */
const SHOWN = 0.95

export type Worth =
  /** No trade: exactly nothing. */
  | 'idle'
  /** Holding nothing was as good or better. */
  | 'worse'
  /** A profit that may be luck. */
  | 'unproven'
  /** A profit beyond the luck of the draw, but not beyond that of having tried so often. */
  | 'searched'
  | 'better'

export interface Verdict {
  readonly worth: Worth
  /** Sentences for people. */
  readonly text: string
}

/** What the run is worth after costs, in words: no more than its numbers bear. */
export function verdictOf(record: BacktestRecord, metrics: BacktestMetrics): Verdict {
  const worth = worthOf(metrics)
  const sentences = [
    ...resultSentences(record, metrics),
    ...(worth === 'idle' ? [] : [...sharpeSentences(metrics), TELLS[worth](metrics)]),
    heldSentence(metrics),
  ]
  return { worth, text: sentences.join(' ') }
}

function worthOf({ trades, performance, bootstrap, significance }: BacktestMetrics): Worth {
  if (trades.count === 0) return 'idle'
  if (!((numberOf(performance.totalReturn) ?? -1) > 0)) return 'worse'
  if ('notEnough' in bootstrap || 'notEnough' in bootstrap.sharpe || 'notEnough' in trades.winRate) return 'unproven'
  if (!(bootstrap.sharpe.low > 0)) return 'unproven'
  return (numberOf(significance.deflatedSharpe) ?? 0) >= SHOWN ? 'better' : 'searched'
}

function resultSentences(record: BacktestRecord, metrics: BacktestMetrics): readonly string[] {
  const { trades, performance, liquidations } = metrics
  if (trades.count === 0) return ['Made no trade: nothing earned, nothing lost.']
  const total = numberOf(performance.totalReturn) ?? 0
  const size = percentText(Math.abs(total), Math.abs(total) < 0.001 ? 3 : 1)
  const result = total === 0 ? 'Came out even' : `${total > 0 ? 'Earned' : 'Lost'} ${size}`
  const days = numberText(metrics.annualisation.days, 0)
  const [before, net] = [costSteps(record)[0]!.value, costSteps(record).at(-1)!.value]
  const eaten = before > 0 && net <= 0
  return [
    `${result} after costs in ${days} days and ${countText(trades.count, 'trade')}.`,
    ...(eaten
      ? [
          `Before fees, slippage and funding it made ${signedMoneyText(before)} ${record.currency}: the costs ate all of it.`,
        ]
      : []),
    ...(liquidations > 0 ? [`It was liquidated ${countText(liquidations, 'time')}.`] : []),
    ...('notEnough' in trades.winRate ? [`Too few trades to judge (${trades.winRate.notEnough}).`] : []),
  ]
}

function sharpeSentences({ performance, bootstrap }: BacktestMetrics): readonly string[] {
  const { sharpe } = performance
  if ('notEnough' in sharpe) return [`No Sharpe ratio: not enough data (${sharpe.notEnough}).`]
  const interval = 'notEnough' in bootstrap ? bootstrap : bootstrap.sharpe
  if ('notEnough' in interval)
    return [`Sharpe ratio ${ratio(sharpe.value)}, its interval unknown (${interval.notEnough}).`]
  const { low, high } = interval
  const range = `Sharpe ratio ${ratio(sharpe.value)} a year, 95 % interval ${ratio(low)} to ${ratio(high)}`
  if (low > 0) return [`${range}: above 0.`]
  if (high < 0) return [`${range}: below 0, so no bad luck either.`]
  return [`${range}: it includes 0, so the ${sharpe.value > 0 ? 'profit' : 'loss'} may be chance.`]
}

const TELLS: Readonly<Record<Exclude<Worth, 'idle'>, (metrics: BacktestMetrics) => string>> = {
  worse: () => 'Not better than holding nothing.',
  unproven: () => 'Not shown to be better than holding nothing.',
  searched: ({ significance }) =>
    `Better than holding nothing in this record, but not shown to be more than the best of ${countText(significance.trials, 'trial')} (deflated Sharpe ratio ${metricText(significance.deflatedSharpe, share) ?? 'unknown'}; ${percentText(SHOWN, 0)} would be).`,
  better: ({ significance }) =>
    `Better than holding nothing, also after counting ${countText(significance.trials, 'trial')} (deflated Sharpe ratio ${metricText(significance.deflatedSharpe, share)!}).`,
}

function heldSentence({ buyAndHold }: BacktestMetrics): string {
  const total = metricText(buyAndHold.totalReturn, change) ?? 'unknown'
  return `Buying and holding: ${total}, with a drawdown of ${metricText(buyAndHold.maxDrawdown, share) ?? 'unknown'}.`
}
