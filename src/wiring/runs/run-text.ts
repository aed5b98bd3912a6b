import type { RunFile } from '../../adapters/runs/run-file.ts'
import type { ListedRun } from '../../adapters/runs/run-store.ts'
import type { JsonObject, JsonValue } from '../../model/bundle/plain-json.ts'
import { figure } from '../../report/model/svg.ts'

/** Parts of the metrics that are no results of the run. */
const NO_RESULTS = /^least\.|At$/

/** Metrics of a run as paths and values, in their order, e.g. `performance.sharpe`; null: not enough data. Lists and texts are left out. */
export function metricNumbers(results: JsonObject): ReadonlyMap<string, number | null> {
  const found = new Map<string, number | null>()
  const walk = (value: JsonValue | undefined, path: string): void => {
    if (typeof value === 'number') found.set(path, value)
    if (!isObject(value)) return
    if ('notEnough' in value) found.set(path, null)
    else if ('value' in value) walk(value['value'], path)
    else for (const [key, each] of Object.entries(value)) walk(each, path === '' ? key : `${path}.${key}`)
  }
  walk(results['metrics'], '')
  for (const name of found.keys()) if (NO_RESULTS.test(name)) found.delete(name)
  return found
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const numberOrDash = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : figure(value)

export const HEADLINE_HEADS = ['from', 'to', 'trades', 'return', 'Sharpe', 'drawdown'] as const

export function headlineCells({ results }: RunFile): readonly string[] {
  const text = (key: string): string => {
    const value = results[key]
    return typeof value === 'string' ? value.slice(0, 10) : typeof value === 'number' ? figure(value) : '-'
  }
  return ['from', 'to', 'trades', 'totalReturn', 'sharpe', 'maxDrawdown'].map(text)
}

export function verdictOf({ results }: RunFile): string {
  const verdict = results['verdict']
  const text = isObject(verdict) ? verdict['text'] : undefined
  return typeof text === 'string' ? text : 'no verdict'
}

/** A run as one object of `--json`. */
export function runRecord({ runId, folder, run, problem }: ListedRun) {
  if (run === undefined) return { runId, folder, ok: false, problem }
  const { about, results } = run
  const told = { title: about.title, startedAt: new Date(about.startedAt).toISOString(), runHash: about.runHash }
  const numbers = Object.entries(results).filter(([, value]) => value === null || typeof value !== 'object')
  return { runId, folder, ok: true, ...told, ...Object.fromEntries(numbers) }
}

/** What the run was made of, as rows for people. */
export function madeOfRows({ about }: RunFile): readonly (readonly string[])[] {
  const { code, models, data, runHash } = about
  return [
    ['run hash', runHash],
    ['code', code.commit === null ? code.version : `${code.version}, commit ${code.commit}`],
    ['models', models.length === 0 ? 'none' : models.map(({ modelId }) => modelId).join(', ')],
    ...data.map(({ symbol, file, rows, sha256, repairs }) => [
      'data',
      `${symbol} ${file}, ${figure(rows)} rows, SHA-256 ${sha256}${repairText(repairs)}`,
    ]),
  ]
}

function repairText(repairs: Readonly<Record<string, number>>): string {
  const made = Object.entries(repairs).filter(([, count]) => count > 0)
  return made.length === 0 ? '' : `; repaired: ${made.map(([rule, count]) => `${figure(count)} ${rule}`).join(', ')}`
}
