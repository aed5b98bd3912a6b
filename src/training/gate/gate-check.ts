import { countText } from '../../report/backtest/number-text.ts'

export type GateOutcome = 'pass' | 'fail' | 'not enough data'

/** One condition of the gate. */
export interface GateCheck {
  /** What was looked at, and against whom, e.g. `crps.ridge`. */
  readonly name: string
  readonly outcome: GateOutcome
  /** Absent: there is no number, and the sentence says why. */
  readonly value?: number
  readonly rule: 'at least' | 'at most'
  readonly threshold: number
  /** What the value was made from; units in the names. */
  readonly numbers: Readonly<Record<string, number>>
  /** For people. */
  readonly sentence: string
}

/** Compares the value with its threshold; equal is enough. */
export function comparedCheck(facts: Omit<GateCheck, 'outcome'> & { readonly value: number }): GateCheck {
  const { value, rule, threshold } = facts
  const holds = rule === 'at least' ? value >= threshold : value <= threshold
  return { ...facts, outcome: holds ? 'pass' : 'fail' }
}

/** A condition on how much there is to judge by: missing it is no verdict. */
export function enoughCheck(name: string, one: string, value: number, threshold: number): GateCheck {
  return {
    name,
    outcome: value >= threshold ? 'pass' : 'not enough data',
    value,
    rule: 'at least',
    threshold,
    numbers: {},
    sentence: `${countText(value, one)}; a verdict needs at least ${countText(threshold, one)}.`,
  }
}
