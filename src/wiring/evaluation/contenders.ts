import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { ForecastOutcome } from '../../report/backtest/record.ts'
import { classReliability } from '../../report/metrics/class-reliability.ts'
import { crpsOf, crpsWeights } from '../../training/evaluation/crps.ts'
import type { Candidate, Contender, ForecastContender, GateTrials } from '../../training/gate/contender.ts'

/** What a model or a baseline said, and what came. */
export interface Said {
  readonly name: string
  readonly outcomes: readonly ForecastOutcome[]
}

/** And what following it would have earned: equal lengths, settle currency, milliseconds since the epoch. */
export interface Earned extends Said {
  readonly pnl: ArrayLike<number>
  readonly pnlAt: ArrayLike<number>
  /** When each round trip was closed, milliseconds since the epoch. */
  readonly tripsAt: readonly number[]
}

export interface Field {
  readonly candidate: Candidate
  readonly champion: Contender | undefined
  readonly baselines: readonly ForecastContender[]
}

/** All measured on the rows and moments that they have in common, as the gate wants them. */
export function fieldOf(
  candidate: Earned & { readonly horizonBars: number; readonly trials: GateTrials },
  champion: Earned | undefined,
  baselines: readonly Said[],
): Field {
  const all = [candidate, ...(champion ? [champion] : []), ...baselines]
  const shared = commonOf(all.map(({ outcomes }) => outcomes.map(keyOf)))
  const moments = new Set(commonOf([candidate, ...(champion ? [champion] : [])].map(({ pnlAt }) => Array.from(pnlAt))))
  return {
    candidate: {
      ...contenderOf(candidate, shared, moments),
      horizonBars: candidate.horizonBars,
      trials: candidate.trials,
      // Of all that it said out of sample: whether it holds its word does not depend on with whom it is compared.
      coverage: coverageOf(candidate.outcomes),
      classError: candidate.outcomes.length === 0 ? 0 : classReliability(candidate.outcomes).expectedError,
    },
    champion: champion && contenderOf(champion, shared, moments),
    baselines: baselines.map((one) => saidOf(one, shared)),
  }
}

const keyOf = ({ symbol, at }: ForecastOutcome): string => `${symbol}@${at}`

/** In the order of the first list. */
function commonOf<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const [first = [], ...others] = lists
  const sets = others.map((list) => new Set(list))
  return first.filter((one) => sets.every((set) => set.has(one)))
}

function picked(outcomes: readonly ForecastOutcome[], keys: readonly string[]): readonly ForecastOutcome[] {
  const byKey = new Map(outcomes.map((one) => [keyOf(one), one]))
  return keys.map((key) => byKey.get(key)!)
}

function saidOf({ name, outcomes }: Said, keys: readonly string[]): ForecastContender {
  const rows = picked(outcomes, keys)
  return {
    name,
    crpsBps: Float64Array.from(rows, ({ levels, quantilesBps, realisedBps }) =>
      crpsOf(levels, crpsWeights(levels), quantilesBps, realisedBps),
    ),
    endAt: Float64Array.from(rows, ({ at }) => at),
  }
}

function contenderOf(one: Earned, keys: readonly string[], moments: ReadonlySet<number>): Contender {
  const kept = Array.from(one.pnlAt).flatMap((at, i) => (moments.has(at) ? [i] : []))
  return {
    ...saidOf(one, keys),
    pnl: Float64Array.from(kept, (i) => one.pnl[i]!),
    pnlAt: Float64Array.from(kept, (i) => one.pnlAt[i]!),
    trades: tripsWithin(one.tripsAt, moments),
  }
}

/** Only those count that were closed in the judged time. */
function tripsWithin(tripsAt: readonly number[], moments: ReadonlySet<number>): number {
  const [from, to] = [...moments].reduce(([least, most], at) => [Math.min(least, at), Math.max(most, at)] as const, [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as const)
  return tripsAt.filter((at) => at >= from && at <= to).length
}

/** Before there is an outcome nothing is off; the gate has too few bars then. */
function coverageOf(outcomes: readonly ForecastOutcome[]): Candidate['coverage'] {
  if (outcomes.length === 0) return LEVELS.map((level) => ({ level, coverage: level }))
  return outcomes[0]!.levels.map((level, k) => {
    const below = outcomes.filter(({ quantilesBps, realisedBps }) => realisedBps <= quantilesBps[k]!).length
    return { level, coverage: below / outcomes.length }
  })
}
