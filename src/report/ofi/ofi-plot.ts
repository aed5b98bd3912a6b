import type { PlotPage } from '../plot-page.ts'
import type { FlowBin } from './flow-bins.ts'
import type { OfiReport } from './ofi-report.ts'
import { ofiNotes, ofiTable } from './ofi-text.ts'

/** More points than a screen has pixels show nothing more. */
const POINTS_MAX = 20_000

/** Moves against flow with the fitted line, mid and cumulative flow over time, and the table. `unitOf` turns lots into units of size. */
export function ofiPlot(report: OfiReport, bins: readonly FlowBin[], unitOf: (lots: number) => number): PlotPage {
  const stride = Math.max(1, Math.ceil(bins.length / POINTS_MAX))
  const isShown = (_: unknown, at: number): boolean => at % stride === 0 || at === bins.length - 1
  const whole = bins.filter(({ broken }) => !broken).filter(isShown)
  const curve = bins.filter(isShown)
  const cumulative = cumulativeFlow(bins, unitOf).filter(isShown)
  const { slopeTicksPerUnit: slope, interceptTicks: intercept, unit, tickSize } = report
  const label = `ΔP = ${intercept?.toPrecision(3)} + ${slope?.toPrecision(6)} OFI`
  return {
    title: `Order-flow imbalance of ${report.symbol}, ${report.barMs} ms bars`,
    notes: [
      ...ofiNotes(report),
      ...(stride > 1 ? [`The charts show every ${stride}th bar; the figures are of all.`] : []),
    ],
    charts: [
      {
        kind: 'scatter',
        title: 'Move of the mid against OFI of the same bar (in sample, no skill)',
        xLabel: `OFI, ${unit}`,
        yLabel: 'ΔP, ticks',
        x: whole.map(({ flowLots }) => unitOf(flowLots)),
        y: whole.map(({ moveTicks }) => moveTicks),
        ...(slope !== null && intercept !== null ? { line: { label, intercept, slope } } : {}),
      },
      {
        kind: 'time',
        title: 'Mid and cumulative OFI (UTC)',
        at: curve.map(({ startAt }) => (startAt + report.barMs) / 1_000),
        left: { label: 'mid', values: curve.map(({ midTicks }) => midTicks * tickSize) },
        right: { label: `Σ OFI, ${unit}`, values: cumulative },
      },
    ],
    table: ofiTable(report),
  }
}

function cumulativeFlow(bins: readonly FlowBin[], unitOf: (lots: number) => number): number[] {
  let lots = 0
  return bins.map(({ flowLots }) => {
    lots += flowLots
    return unitOf(lots)
  })
}
