import { CHART_HEIGHT, type ChartFrame, chartFrame, chartSvg } from '../backtest/chart-frame.ts'
import { axisText } from '../backtest/number-text.ts'
import { axisTicks } from '../model/plot-frame.ts'
import { px } from '../model/svg.ts'
import { rangeOf } from './chart-range.ts'
import { significantText } from './significant-text.ts'
import type { ReportTrial } from './training-report-data.ts'
import { type TrialAxis, trialAxis } from './trial-axis.ts'

export const TRIAL_STATES = ['complete', 'pruned', 'failed', 'infeasible'] as const

type State = ReportTrial['state']

export interface TrialMarks {
  readonly best: ReportTrial | undefined
  readonly least: number
}

/** One trial around the place where the pen stands: told apart by shape too. */
const MARKS: Readonly<Record<State, string>> = {
  complete: 'h0',
  pruned: 'm0,-3.5v7',
  failed: 'm-2.5,-2.5l5,5m-5,0l5,-5',
  infeasible: 'm-2.5,-2.5h5v5h-5z',
}

/** Pixels above the axis at which trials without a value stand. */
const FEET = { pruned: 22, failed: 13.5, infeasible: 5 } as const
/** Share of the height that is theirs. */
const FOOT = 0.2
const BOTTOM = 38

/** Objective against one parameter; values below `least` are drawn there. `name` is not escaped yet. */
export function trialChart(name: string, trials: readonly ReportTrial[], { best, least }: TrialMarks): string {
  const having = trials.filter(({ params }) => name in params)
  const axis = trialAxis(having.map(({ params }) => params[name]!))
  const [low, high] = rangeOf(having.map(({ value }) => Math.max(least, value ?? Number.NaN)))
  const hasFeet = having.some(({ value }) => value === null)
  const floor = hasFeet ? low - ((high - low) * FOOT) / (1 - FOOT) : low
  const frame = chartFrame({
    ...{ x: axis.range, y: [floor, high], xLabel: LABELS[axis.kind], yLabel: '' },
    ...{ xText: axis.text, yText: axisText, xTicks: axis.ticks },
    yTicks: axisTicks(low, high),
  })
  const marks = TRIAL_STATES.map((state) => statePath(name, having, { state, axis, least }, frame))
  return chartSvg(`Trials by ${name}`, frame.svg + marks.join('') + bestDot(name, best, axis, frame))
}

const LABELS = { linear: '', logarithmic: 'logarithmic', names: '' } as const

interface StatePath {
  readonly state: State
  readonly axis: TrialAxis
  readonly least: number
}

/** One path for all trials of a state: a tenth of the bytes of an element each. */
function statePath(
  name: string,
  trials: readonly ReportTrial[],
  { state, axis, least }: StatePath,
  { x, y }: ChartFrame,
): string {
  const marks = trials.flatMap((trial) => {
    const foot = trial.state === 'complete' ? Number.NaN : CHART_HEIGHT - BOTTOM - FEET[trial.state]
    const [left, top] = [
      x(axis.place(trial.params[name]!, trial.number)),
      trial.value === null ? foot : y(Math.max(least, trial.value)),
    ]
    if (trial.state !== state || !Number.isFinite(left) || !Number.isFinite(top)) return []
    return [`M${px(left)},${px(top)}${MARKS[state]}`]
  })
  return marks.length === 0 ? '' : `<path class="trials ${state}" d="${marks.join('')}"/>`
}

function bestDot(name: string, best: ReportTrial | undefined, axis: TrialAxis, { x, y }: ChartFrame): string {
  const setting = best?.params[name]
  if (best?.value == null || setting === undefined) return ''
  const place = x(axis.place(setting, best.number))
  if (!Number.isFinite(place)) return ''
  const told = `trial ${best.number}: ${significantText(best.value)}`
  return `<circle class="bestdot" cx="${px(place)}" cy="${px(y(best.value))}" r="4"><title>${told}</title></circle>`
}

/** The mark of a state, alone. */
export const markKey = (state: State): string =>
  `<svg class="key" viewBox="0 0 24 10" aria-hidden="true"><path class="trials ${state}" d="M12,5${MARKS[state]}"/></svg>`
