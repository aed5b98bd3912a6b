import type { LevelPair } from '../calibration/level-pairs.ts'
import { coverageError } from '../drift/coverage-band.ts'
import type { Causes } from './causes.ts'
import type { LiveScores } from './live-scores.ts'
import type { OversightSettings } from './oversight-settings.ts'

interface Judged {
  readonly settings: OversightSettings
  readonly horizonBars: number
  readonly pairs: readonly LevelPair[]
}

/** Judges what became known: loss beside the baseline's, its rise, coverage of the stated intervals. */
export function judgeScores(scores: LiveScores, causes: Causes, judged: Judged): void {
  judgeLoss(scores, causes, judged.settings)
  judgeCoverage(scores, causes, judged)
}

function judgeLoss(scores: LiveScores, causes: Causes, { loss, change }: OversightSettings): void {
  const { lossRatio, modelLoss } = scores
  const numbers = { lossRatio, bars: modelLoss.length, lossRatioMax: loss.lossRatioMax }
  if (modelLoss.length >= loss.barsMin) causes.judge('loss', (lossRatio - 1) / (loss.lossRatioMax - 1), numbers)
  const { threshold } = change
  causes.judge('change', scores.hasChanged ? Number.POSITIVE_INFINITY : 0, { ...numbers, threshold })
}

function judgeCoverage(scores: LiveScores, causes: Causes, { settings, horizonBars, pairs }: Judged): void {
  const { windowBars, bandDeviations } = settings.coverage
  const errors = pairs.flatMap(({ miss }, i) => {
    const { length, mean } = scores.stated[i]!
    return length < windowBars ? [] : [coverageError(mean, 1 - miss, length, horizonBars, bandDeviations)]
  })
  const excessOf = ({ coverage, stated, band }: (typeof errors)[number]): number => Math.abs(coverage - stated) / band
  const worst = errors.toSorted((a, b) => excessOf(b) - excessOf(a))[0]
  if (worst) causes.judge('coverage', excessOf(worst), { ...worst, bars: windowBars })
}
