import { numberText } from '../../report/backtest/number-text.ts'
import type { Candidate } from './contender.ts'
import type { GateCheck } from './gate-check.ts'
import { comparedCheck } from './gate-check.ts'
import type { GateSettings } from './gate-settings.ts'

/** Whether the quantile that fares worst holds what it says. */
export function coverageCheck({ coverage }: Candidate, { coverageErrorMax }: GateSettings): GateCheck {
  const errors = coverage.map((one) => ({ ...one, error: Math.abs(one.coverage - one.level) }))
  const worst = errors.reduce((most, one) => (one.error > most.error ? one : most))
  return comparedCheck({
    name: 'coverage',
    value: worst.error,
    rule: 'at most',
    threshold: coverageErrorMax,
    numbers: { level: worst.level, coverage: worst.coverage },
    sentence:
      `A share of ${numberText(worst.coverage, 3)} of outcomes lay below quantile ${worst.level}, the one furthest off: ` +
      `${numberText(worst.error, 3)} away; at most ${numberText(coverageErrorMax, 3)} is allowed.`,
  })
}

/** Whether class probabilities are as often right as they say. */
export const classCheck = ({ classError }: Candidate, { classErrorMax }: GateSettings): GateCheck =>
  comparedCheck({
    name: 'classes',
    value: classError,
    rule: 'at most',
    threshold: classErrorMax,
    numbers: {},
    sentence:
      `Class probabilities are off by ${numberText(classError, 3)} on average (expected calibration error); ` +
      `at most ${numberText(classErrorMax, 3)} is allowed.`,
  })
