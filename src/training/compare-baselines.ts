import type { ForecastScores } from './baselines/score-forecasts.ts'
import { scoreForecasts } from './baselines/score-forecasts.ts'
import type { Dataset } from './dataset.ts'
import type { NamedForecasts } from './evaluation/out-of-sample.ts'

/** What each baseline is best at: the score that a network must beat it in. */
const CONTESTS: readonly (readonly [baseline: string, score: keyof ForecastScores])[] = [
  ['ridge', 'pinballBps'],
  ['logistic', 'logLoss'],
  ['har', 'qlike'],
]

const keyOf = (baseline: string, score: string): string => `baseline.${baseline}.${score}`

/**
 * What a forecaster and every baseline score on the rows of `data`: the forecaster's under the names of `ForecastScores`, the others as
 * `baseline.<name>.<score>`; `pinballSkillOverBest` is 1 − its pinball loss ÷ the least of theirs.
 */
export function compareWithBaselines(
  own: ForecastScores,
  baselines: readonly NamedForecasts[],
  data: Dataset,
  thresholdBps: number,
): Readonly<Record<string, number>> {
  const scored = baselines.map(({ name, outputs }) => ({
    name,
    scores: scoreForecasts(outputs, data, thresholdBps),
  }))
  const best = Math.min(...scored.map(({ scores }) => scores.pinballBps))
  return {
    ...own,
    pinballSkillOverBest: 1 - own.pinballBps / best,
    ...Object.fromEntries(
      scored.flatMap(({ name, scores }) =>
        Object.entries(scores).map(([score, value]): [string, number] => [keyOf(name, score), value]),
      ),
    ),
  }
}

/** One line for each baseline that the forecaster does not beat at what that baseline is best at. */
export const lostContests = (metrics: Readonly<Record<string, number>>): readonly string[] =>
  CONTESTS.flatMap(([baseline, score]) => {
    const own = metrics[score]!
    const other = metrics[keyOf(baseline, score)]
    // It was not fitted.
    if (other === undefined) return []
    return own < other ? [] : [`does not beat ${baseline}: ${score} ${own.toFixed(4)}, ${baseline} ${other.toFixed(4)}`]
  })
