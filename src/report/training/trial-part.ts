import { countText, numberText } from '../backtest/number-text.ts'
import { plainTable } from '../backtest/plain-table.ts'
import { escaped } from '../model/svg.ts'
import { card } from './card.ts'
import { significantText } from './significant-text.ts'
import type { ReportTrial } from './training-report-data.ts'
import { parametersOf } from './trial-axis.ts'
import { markKey, TRIAL_STATES, trialChart } from './trial-chart.ts'

/** Drawn at most, evenly picked; and of what. */
const TRIALS_MAX = 1_000
const PARAMETERS_MAX = 24
const BEST_MAX = 5

/** Objective of all trials against each parameter that was searched, and the best of them. Nothing without a trial. */
export function trialPart(trials: readonly ReportTrial[]): string {
  if (trials.length === 0) return ''
  const ranked = trials
    .filter(({ value }) => value !== null && Number.isFinite(value))
    .toSorted((a, b) => b.value! - a.value! || a.number - b.number)
  const best = ranked[0]
  const values = ranked.map(({ value }) => value!)
  const least = leastDrawn(values)
  const names = parametersOf(trials)
  const searched = trials.length === 1 ? names : names.filter((name) => isSearched(name, trials))
  const charts = searched
    .slice(0, PARAMETERS_MAX)
    .map((name) => card(escaped(name), trialChart(name, drawn(trials, best), { best, least })))
  return [
    stateLegend(trials, best),
    best
      ? `<p>Best: trial ${best.number} with ${significantText(best.value!)}; upwards and greater is better.</p>`
      : '<p>No trial has a value.</p>',
    farBelowText(values.filter((value) => value < least).length),
    omittedText(trials.length, searched.length),
    `<div class="cards tight">${charts.join('')}</div>`,
    ranked.length > 0 ? `<h3>Best trials</h3>${bestTable(ranked.slice(0, BEST_MAX), searched)}` : '',
  ].join('')
}

/** `values` descend. One that is lost must not press all others into a line: five interquartile ranges below the lower quartile is far enough. */
function leastDrawn(values: readonly number[]): number {
  if (values.length === 0) return Number.NEGATIVE_INFINITY
  const [upper, lower] = [values[Math.floor(values.length / 4)]!, values[Math.floor((3 * values.length) / 4)]!]
  return upper > lower ? Math.max(values.at(-1)!, lower - 5 * (upper - lower)) : values.at(-1)!
}

const farBelowText = (count: number): string =>
  count === 0 ? '' : `<p>${countText(count, 'trial')} far below the others drawn at the lowest value shown.</p>`

const isSearched = (name: string, trials: readonly ReportTrial[]): boolean =>
  new Set(trials.flatMap(({ params }) => (name in params ? [params[name]] : []))).size > 1

/** The best is always among them. */
function drawn(trials: readonly ReportTrial[], best: ReportTrial | undefined): readonly ReportTrial[] {
  const each = Math.ceil(trials.length / TRIALS_MAX)
  return trials.filter((trial, at) => at % each === 0 || trial === best)
}

function stateLegend(trials: readonly ReportTrial[], best: ReportTrial | undefined): string {
  const items = TRIAL_STATES.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length
    return count === 0 ? [] : [`<span>${markKey(state)}${numberText(count, 0)} ${state}</span>`]
  })
  const star =
    '<svg class="key" viewBox="0 0 24 10" aria-hidden="true"><circle class="bestdot" cx="12" cy="5" r="4"/></svg>'
  return `<p class="legend">${items.join('')}${best ? `<span>${star}best</span>` : ''}</p>`
}

function omittedText(trials: number, parameters: number): string {
  const each = Math.ceil(trials / TRIALS_MAX)
  const told = [
    ...(each > 1 ? [`One trial in ${each} is drawn, and the best.`] : []),
    ...(parameters > PARAMETERS_MAX ? [`${countText(parameters - PARAMETERS_MAX, 'more parameter')} not drawn.`] : []),
    ...(parameters === 0 ? ['No parameter differs between the trials.'] : []),
  ]
  return told.length === 0 ? '' : `<p>${told.join(' ')}</p>`
}

function bestTable(trials: readonly ReportTrial[], names: readonly string[]): string {
  const rows = trials.map(({ number, value, params }) => [
    String(number),
    significantText(value!),
    ...names.map((name) => settingText(params[name])),
  ])
  return plainTable(['trial', 'objective', ...names], rows, 'figures')
}

const settingText = (value: string | number | boolean | undefined): string =>
  typeof value === 'number' ? significantText(value) : value === undefined ? '–' : String(value)
