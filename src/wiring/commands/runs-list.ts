import { type ListedRun, runStore } from '../../adapters/runs/run-store.ts'
import type { Io } from '../io.ts'
import { HEADLINE_HEADS, headlineCells, runRecord } from '../runs/run-text.ts'
import { aligned } from '../text-table.ts'

/** State folder, relative to the working directory. */
export interface RunsListOptions {
  readonly state: string
  readonly json: boolean
}

/** Every run, oldest first. A damaged one is listed with what is wrong with it. */
export async function runsListCommand({ state, json }: RunsListOptions, io: Io): Promise<number> {
  const runs = await runStore(state).list()
  if (json) io.out(JSON.stringify({ runs: runs.map(runRecord) }))
  else if (runs.length === 0) io.out(`no run in ${state}/runs`)
  else for (const line of aligned([['run', ...HEADLINE_HEADS, 'title'], ...runs.map(rowOf)])) io.out(line)
  return 0
}

const rowOf = ({ runId, run, problem }: ListedRun): readonly string[] =>
  run === undefined
    ? [runId, ...HEADLINE_HEADS.map(() => ''), `refused: ${problem ?? ''}`]
    : [runId, ...headlineCells(run), run.about.title]
