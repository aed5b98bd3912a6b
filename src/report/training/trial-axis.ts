import { axisText } from '../backtest/number-text.ts'
import { axisTicks } from '../model/plot-frame.ts'
import { clipped } from '../model/svg.ts'
import { decadeTicks, rangeOf, spansDecades } from './chart-range.ts'
import type { ReportTrial } from './training-report-data.ts'

type Setting = string | number | boolean

/** Where the values of one searched parameter stand. */
export interface TrialAxis {
  readonly kind: 'linear' | 'logarithmic' | 'names'
  readonly range: readonly [from: number, to: number]
  readonly ticks: readonly number[]
  readonly text: (place: number) => string
  readonly place: (value: Setting, trial: number) => number
}

const NAMES_MAX = 6
const TICKS_MAX = 5
const NAME_CHARS = 12
/** Share of the way between two names over which trials are spread, lest they hide each other. */
const SPREAD = 0.5
/** Steps of the golden ratio cover an interval evenly, however many there are. */
const GOLDEN = 0.618_033_988_749_895

export function trialAxis(values: readonly Setting[]): TrialAxis {
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length < values.length) return nameAxis([...new Set(values.map(String))])
  return spansDecades(numbers) ? logAxis(numbers) : linearAxis(numbers)
}

function linearAxis(values: readonly number[]): TrialAxis {
  const range = rangeOf(values)
  const ticks = axisTicks(...range)
  const shown = values.every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks
  return { kind: 'linear', range, ticks: fewer(shown, TICKS_MAX), text: axisText, place: Number }
}

function logAxis(values: readonly number[]): TrialAxis {
  const range = rangeOf(values.map(Math.log10))
  const text = (place: number): string => axisText(Number((10 ** place).toPrecision(3)))
  return { kind: 'logarithmic', range, ticks: decadeTicks(...range), text, place: (value) => Math.log10(Number(value)) }
}

function nameAxis(names: readonly string[]): TrialAxis {
  const places = new Map(names.map((name, at) => [name, at]))
  const ticks = fewer(
    names.map((_, at) => at),
    NAMES_MAX,
  )
  const chars = Math.max(3, Math.floor((NAME_CHARS * 4) / Math.max(4, ticks.length)))
  return {
    kind: 'names',
    range: [-0.5, names.length - 0.5],
    ticks,
    text: (place) => clipped(names[place] ?? '', chars),
    place: (value, trial) => (places.get(String(value)) ?? 0) + (((trial * GOLDEN) % 1) - 0.5) * SPREAD,
  }
}

/** Every so many, at most `most`. */
function fewer(ticks: readonly number[], most: number): readonly number[] {
  const each = Math.ceil(ticks.length / most)
  return ticks.filter((_, at) => at % each === 0)
}

/** Names of the parameters that some trial has, in the order of their coming. */
export const parametersOf = (trials: readonly ReportTrial[]): readonly string[] => [
  ...new Set(trials.flatMap(({ params }) => Object.keys(params))),
]
