import { runStore } from '../../adapters/runs/run-store.ts'
import { settingRows } from '../../report/model/setting-rows.ts'
import type { Io } from '../io.ts'
import { madeOfRows, metricNumbers, numberOrDash, runRecord, verdictOf } from '../runs/run-text.ts'
import { aligned } from '../text-table.ts'
import type { RunsListOptions } from './runs-list.ts'

export interface RunsShowOptions extends RunsListOptions {
  /** An id, or the beginning of one. */
  readonly run: string
}

/** One run: verdict, numbers, what it was made of. Throws `InputError` naming the file where it is damaged. */
export async function runsShowCommand({ state, json, run: text }: RunsShowOptions, io: Io): Promise<number> {
  const found = await runStore(state).read(text)
  const { runId, folder, run } = found
  if (json) {
    io.out(JSON.stringify({ ...runRecord(found), about: run.about, results: run.results }))
    return 0
  }
  io.out(runId)
  io.out(verdictOf(run))
  print(io, [['folder', folder], ['report', `${folder}/report.html`], ...madeOfRows(run)])
  io.out('\nmetrics')
  print(
    io,
    [...metricNumbers(run.results)].map(([name, value]) => [name, numberOrDash(value)]),
  )
  io.out('\nconfiguration')
  print(io, settingRows(run.about.config))
  return 0
}

function print(io: Io, rows: readonly (readonly string[])[]): void {
  for (const line of aligned(rows)) io.out(`  ${line}`)
}
