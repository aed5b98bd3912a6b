import { moneyText, numberText, percentText } from '../../report/backtest/number-text.ts'
import { meanOf } from '../../report/metrics/moments.ts'
import type { Candidate, ForecastContender } from './contender.ts'
import { dieboldMariano, lagOf } from './diebold-mariano.ts'
import type { GateCheck } from './gate-check.ts'
import { comparedCheck } from './gate-check.ts'
import { momentMeans } from './moment-means.ts'

/** Whether the candidate's distributions are better than the other's: Diebold–Mariano on CRPS, means of moments. `pMax`: level. */
export function crpsCheck(candidate: Candidate, other: ForecastContender, pMax: number): GateCheck {
  const mean = momentMeans(candidate.endAt, candidate.crpsBps).values
  const otherMean = momentMeans(other.endAt, other.crpsBps).values
  const differences = mean.map((value, moment) => value - otherMean[moment]!)
  const lag = lagOf(differences.length, candidate.horizonBars)
  const { meanDifference, statistic, p, moments } = dieboldMariano(differences, lag)
  const [crpsBps, otherCrpsBps] = [meanOf(mean), meanOf(otherMean)]
  const share = percentText(Math.abs(meanDifference / otherCrpsBps))
  const side = meanDifference < 0 ? `${share} lower` : `not lower (${share} above)`
  return comparedCheck({
    name: `crps.${other.name}`,
    value: p,
    rule: 'at most',
    threshold: pMax,
    numbers: { crpsBps, otherCrpsBps, meanDifferenceBps: meanDifference, statistic, lag, moments },
    sentence:
      `CRPS ${moneyText(crpsBps)} bps, ${side} than ${moneyText(otherCrpsBps)} bps of ${other.name}: ` +
      `by luck alone with probability ${numberText(p, 4)}; at most ${numberText(pMax, 4)} is allowed.`,
  })
}
