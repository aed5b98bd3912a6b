import { extname } from 'node:path'
import { plotHtml } from '../../adapters/plot/plot-html.ts'
import { writeReport } from '../../adapters/plot/write-report.ts'
import { InputError } from '../../core/errors.ts'
import { divergencePlot } from '../../report/divergence/divergence-plot.ts'
import { orderTable, worstOrders } from '../../report/divergence/divergence-table.ts'
import { divergenceNotes } from '../../report/divergence/divergence-text.ts'
import { loadConfig } from '../config/load-config.ts'
import { type Divergence, divergenceOf } from '../divergence/divergence-of.ts'
import { sessionNotes } from '../divergence/session-notes.ts'
import type { Io } from '../io.ts'
import { aligned } from '../text-table.ts'

export interface DivergenceOptions {
  /** Tapes of one run, all from its first, in the order of their time. */
  readonly session: readonly string[]
  /** That the run had. */
  readonly config: string
  /** State folder; undefined: the configuration's. */
  readonly state?: string
  /** One-way latency of orders instead of the measured, milliseconds. */
  readonly latency?: number
  readonly json: boolean
  /** HTML page to write; undefined: none. */
  readonly out?: string
}

/** A terminal's worth of rows; the page and the JSON have more. */
const ROWS_MAX = 40

/** Sends the orders of a recorded run to the simulated venue, and tells order by order where it differs from what really happened. */
export async function divergenceCommand(options: DivergenceOptions, io: Io): Promise<number> {
  if (options.out !== undefined && extname(options.out).toLowerCase() !== '.html') {
    throw new InputError(
      `--out was ${JSON.stringify(options.out)}; it must end in .html: it is one self-contained page`,
    )
  }
  const config = loadConfig(options.config)
  const divergence = await divergenceOf({
    files: options.session,
    config,
    configFile: options.config,
    stateDir: options.state ?? config.state.dir,
    entryMs: options.latency,
  })
  if (options.out !== undefined) await writeReport(options.out, plotHtml(pageOf(divergence)))
  if (options.json) {
    io.out(JSON.stringify({ ...divergence, out: options.out ?? null }))
    return 0
  }
  const { report } = divergence
  const rows = worstOrders(report, ROWS_MAX)
  const { head, rows: cells } = orderTable(rows, report.currency, timeText)
  const cut = rows.length < report.orders.length ? [`(the ${ROWS_MAX} orders that differ most)`] : []
  io.out(
    [...sessionNotes(divergence), '', ...aligned([head, ...cells]), ...cut, '', ...divergenceNotes(report)].join('\n'),
  )
  if (options.out !== undefined) io.out(`page: ${options.out}`)
  return 0
}

const pageOf = (divergence: Divergence) =>
  divergencePlot(divergence.report, {
    title: `Recorded ${divergence.session.mode} session against its simulation`,
    notes: sessionNotes(divergence),
    timeText,
  })

const timeText = (at: number): string => new Date(at).toISOString().slice(0, -1).replace('T', ' ')
