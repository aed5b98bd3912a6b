import { countText, numberText } from '../../report/backtest/number-text.ts'
import { sharpeSignificance } from '../../report/metrics/sharpe-significance.ts'
import type { Candidate } from './contender.ts'
import type { GateCheck } from './gate-check.ts'
import { comparedCheck } from './gate-check.ts'

/**
 * Whether the Sharpe ratio, per bar, is above what the best of all trials would show without skill (deflated Sharpe ratio, Bailey and
 * López de Prado 2014). On a constant capital the ratio of profits is that of returns.
 */
export function sharpeCheck({ pnl, trials }: Candidate, threshold: number): GateCheck {
  const found = sharpeSignificance(
    { returns: pnl, periodsPerYear: 1, ruined: false },
    {
      trials: trials.count,
      ...(trials.sharpeVariance !== undefined && { trialSharpeVariance: trials.sharpeVariance }),
    },
  )
  const { deflatedSharpe, hurdleSharpe } = found
  const fixed = { name: 'deflatedSharpe', rule: 'at least', threshold } as const
  const tried = countText(trials.count, 'trial')
  if ('notEnough' in deflatedSharpe || 'notEnough' in hurdleSharpe) {
    const reason = 'notEnough' in deflatedSharpe ? deflatedSharpe.notEnough : 'no hurdle'
    return {
      ...fixed,
      outcome: 'not enough data',
      numbers: { trials: trials.count },
      sentence: `The Sharpe ratio cannot be judged: ${reason}.`,
    }
  }
  return comparedCheck({
    ...fixed,
    value: deflatedSharpe.value,
    numbers: { trials: trials.count, hurdlePerBar: hurdleSharpe.value },
    sentence:
      `With probability ${numberText(deflatedSharpe.value, 4)} its Sharpe ratio is above what the best of ${tried} shows by luck; ` +
      `at least ${numberText(threshold, 4)} is needed.`,
  })
}
