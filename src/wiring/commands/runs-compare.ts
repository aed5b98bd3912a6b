import { join } from 'node:path'
import { dailyEquity } from '../../adapters/runs/daily-equity.ts'
import { runStore } from '../../adapters/runs/run-store.ts'
import type { Io } from '../io.ts'
import { compareRuns, firstDifferentDay, type RunComparison } from '../runs/compare-runs.ts'
import { numberOrDash } from '../runs/run-text.ts'
import { aligned } from '../text-table.ts'
import type { RunsListOptions } from './runs-list.ts'

export interface RunsCompareOptions extends RunsListOptions {
  /** Ids, or beginnings of them. */
  readonly a: string
  readonly b: string
}

/** Two runs side by side: numbers, what differs in their making, and since when their equity goes apart. */
export async function runsCompareCommand(options: RunsCompareOptions, io: Io): Promise<number> {
  const store = runStore(options.state)
  const [a, b] = [await store.read(options.a), await store.read(options.b)]
  const comparison = compareRuns(a.run, b.run)
  const day = firstDifferentDay(
    await dailyEquity(join(a.folder, 'equity.csv')),
    await dailyEquity(join(b.folder, 'equity.csv')),
  )
  if (options.json) {
    io.out(JSON.stringify({ a: a.runId, b: b.runId, ...comparison, firstDifferentDay: day }))
    return 0
  }
  for (const line of linesOf(a.runId, b.runId, comparison, day)) io.out(line)
  return 0
}

function* linesOf(a: string, b: string, compared: RunComparison, day: string | null): Generator<string> {
  const told = (same: boolean): string => (same ? 'the same' : 'not the same')
  yield* aligned([
    ['data', told(compared.sameData)],
    ['code', told(compared.sameCode)],
    ['models', told(compared.sameModels)],
    ['run hash', compared.sameRunHash ? 'equal: the one repeats the other' : 'not equal'],
    ['equity', day === null ? 'equal on every day' : `first differs on ${day}`],
  ])
  yield '\nconfiguration'
  if (compared.config.length === 0) yield '  the same'
  else yield* table([['', a, b], ...compared.config.map((row) => [row.name, row.a ?? '-', row.b ?? '-'])])
  yield '\nmetrics'
  yield* table([
    ['', a, b, 'change'],
    ...compared.metrics.map((row) => {
      const change = row.a === null || row.b === null ? '-' : numberOrDash(row.b - row.a)
      return [row.name, numberOrDash(row.a), numberOrDash(row.b), change]
    }),
  ])
}

function* table(rows: readonly (readonly string[])[]): Generator<string> {
  for (const line of aligned(rows)) yield `  ${line}`
}
