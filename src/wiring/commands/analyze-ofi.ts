import { basename, extname } from 'node:path'
import { plotHtml } from '../../adapters/plot/plot-html.ts'
import { writeReport } from '../../adapters/plot/write-report.ts'
import { InputError } from '../../core/errors.ts'
import { converter } from '../../core/instrument.ts'
import { binRows } from '../../report/ofi/bin-rows.ts'
import type { FlowBin, FlowBinSettings } from '../../report/ofi/flow-bins.ts'
import { ofiPlot } from '../../report/ofi/ofi-plot.ts'
import { type OfiReport, ofiReport } from '../../report/ofi/ofi-report.ts'
import { ofiText } from '../../report/ofi/ofi-text.ts'
import { chooseInstrument } from '../analyze/choose-instrument.ts'
import { parseSpan } from '../analyze/parse-span.ts'
import { tapeFlow } from '../analyze/tape-flow.ts'
import type { Io } from '../io.ts'
import { describeTapes } from '../tape/describe-tapes.ts'

export interface AnalyzeOfiOptions {
  /** At least one, in the order of their time. */
  readonly tape: readonly string[]
  /** Length of a bar, e.g. `1s`, `500ms`, `5m`. */
  readonly bar: string
  readonly source: FlowBinSettings['source']
  readonly clock: FlowBinSettings['clock']
  /** Needed when the tape holds several: ccxt form or the venue's own name. */
  readonly symbol?: string
  /** HTML file of the plot; false: none; undefined: one under `state/reports`. */
  readonly plot?: string | false
  /** CSV file for the bars, one row each; undefined: none. */
  readonly out?: string
  readonly json: boolean
}

/** Regressions of price moves on order flow over recorded tapes: figures, their honest labels, and a plot. */
export async function analyzeOfiCommand(options: AnalyzeOfiOptions, io: Io): Promise<number> {
  const settings: FlowBinSettings = {
    binMs: parseSpan(options.bar, '--bar'),
    source: options.source,
    clock: options.clock,
  }
  if (options.plot) checkHtml(options.plot)
  const tapes = await describeTapes(options.tape)
  const instrument = chooseInstrument(tapes, options.symbol)
  if (tapes.inferred)
    io.err(`${instrument.symbol}: tick ${instrument.tickSize} and lot ${instrument.lotSize} are inferred from the tape`)
  const convert = converter(instrument)
  const { bins, frames, malformedFrames, gaps } = await tapeFlow(tapes, instrument, settings)
  if (bins.length === 0) throw noBars(options, instrument.symbol, malformedFrames)
  const report = ofiReport(bins, settings, convert)
  const plot = await drawPlot(options, report, bins, convert.quantity)
  if (options.out !== undefined) await writeReport(options.out, binRows(bins, convert))
  if (options.json) {
    io.out(JSON.stringify({ ...report, frames, malformedFrames, gaps, plot: plot ?? null, out: options.out ?? null }))
    return 0
  }
  io.out(ofiText(report))
  if (plot !== undefined) io.out(`plot: ${plot}`)
  if (options.out !== undefined) io.out(`bars: ${options.out}`)
  return 0
}

async function drawPlot(
  options: AnalyzeOfiOptions,
  report: OfiReport,
  bins: readonly FlowBin[],
  unitOf: (lots: number) => number,
): Promise<string | undefined> {
  if (options.plot === false) return undefined
  const file = options.plot ?? defaultPlot(options)
  await writeReport(file, plotHtml(ofiPlot(report, bins, unitOf)))
  return file
}

function defaultPlot({ tape, bar, source, clock, symbol }: AnalyzeOfiOptions): string {
  const name = basename(tape[0] ?? '').replace(/(\.[a-z]+)+$/i, '')
  const parts = ['ofi', name, ...(symbol === undefined ? [] : [symbol]), bar, source, clock]
  return `state/reports/${parts.join('-').replaceAll(/[^\w.-]/g, '_')}.html`
}

function checkHtml(file: string): void {
  if (extname(file).toLowerCase() === '.html') return
  throw new InputError(`--plot was ${JSON.stringify(file)}; it must end in .html: the plot is one self-contained page`)
}

function noBars({ tape, bar, source }: AnalyzeOfiOptions, symbol: string, malformedFrames: number): InputError {
  const lack = source === 'bookTicker' ? 'no bookTicker (try --source book)' : 'no whole book'
  const unread = malformedFrames > 0 ? `; ${malformedFrames} frames of it could not be read` : ''
  return new InputError(`${tape.join(', ')}: no bar of ${bar} for ${symbol}: too few quotes, or ${lack}${unread}`, {
    symbol,
  })
}
