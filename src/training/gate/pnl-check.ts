import { seededRandom } from '../../core/random.ts'
import { numberText, signedMoneyText } from '../../report/backtest/number-text.ts'
import { bootstrapMean } from '../../report/metrics/mean-bootstrap.ts'
import type { Candidate, Contender } from './contender.ts'
import type { GateCheck } from './gate-check.ts'
import { comparedCheck } from './gate-check.ts'
import type { GateSettings } from './gate-settings.ts'

/**
 * Whether the candidate earns more per bar than the other, or, without another, than nothing: stationary block bootstrap of the mean
 * difference, blocks of a horizon at least. `threshold`: least probability.
 */
export function pnlCheck(
  { pnl, horizonBars }: Candidate,
  other: Contender | undefined,
  threshold: number,
  { resamples, seed }: Pick<GateSettings, 'resamples' | 'seed'>,
): GateCheck {
  const differences = other ? pnl.map((value, moment) => value - other.pnl[moment]!) : pnl
  const random = seededRandom(seed)
  const found = bootstrapMean(differences, { random, resamples, blockMin: horizonBars })
  const { probabilityAbove0: value, mean, deviation, meanBlock } = found
  const against = other ? `than ${other.name}` : 'than doing nothing'
  return comparedCheck({
    name: `pnl.${other?.name ?? 'nothing'}`,
    value,
    rule: 'at least',
    threshold,
    numbers: { meanPerBar: mean, deviationPerBar: deviation, meanBlockBars: meanBlock, resamples },
    sentence:
      `It earned ${signedMoneyText(mean)} a bar more ${against} after costs (standard error ${signedMoneyText(deviation).replace('+', '')}): ` +
      `above 0 in a share of ${numberText(value, 4)} of resamples; at least ${numberText(threshold, 4)} is needed.`,
  })
}
