import type { PlotTable } from '../plot-page.ts'
import type { FlowFit, FlowFitName } from './analyze-flow.ts'
import type { OfiReport } from './ofi-report.ts'

/** Said wherever the figures are shown: a good fit of the past move with the past flow is easily taken for an edge. */
export const NO_SKILL =
  'Same-bar fits are no skill: flow and move are measured over the same time, so the flow is known only when the move is over. ' +
  'Only the next-bar figures foretell anything.'

const HALVES =
  'Out of sample: fitted on the first half of the bars, judged on the second; negative is worse than the mean. ' +
  'By chance: what as many columns of noise reach in sample.'

const NAMES: Readonly<Record<FlowFitName, string>> = {
  ofi: 'OFI',
  tradeImbalance: 'signed volume',
  both: 'OFI and signed volume',
  ofiNormalised: 'OFI / depth',
  multiLevel: 'OFI of 10 levels / depth',
  integrated: 'integrated OFI',
}

const R_SQUARED_DECIMALS = 4
const SIGNIFICANT = 6

/** How to read the table, and what lies outside of it. */
export function ofiNotes(report: OfiReport): string[] {
  const { n, brokenBars, slopeTicksPerUnit, tStatistic, kyleLambdaTicksPerUnit, sumOfi } = report
  const unit = report.unit === 'contracts' ? 'contract' : report.unit
  const fitted = slopeTicksPerUnit !== null && tStatistic !== null
  return [
    `${report.symbol}: ${n} bars of ${report.barMs} ms, quotes from ${report.source}, ${report.clock} clock, tick ${report.tickSize}`,
    fitted
      ? `ΔP = ${significant(slopeTicksPerUnit)} ticks per ${unit} of OFI, t ${tStatistic.toFixed(1)}, R² ${decimals(report.rSquared)} (same bar, in sample); next bar R² ${decimals(report.nextBarRSquared)}`
      : 'OFI could not be fitted: too few bars, or nothing moved',
    `Σ OFI ${significant(sumOfi)} ${report.unit}; Kyle's lambda ${significant(kyleLambdaTicksPerUnit)} ticks per ${unit}`,
    ...(brokenBars > 0 ? [`${brokenBars} bars left out: data were lost inside`] : []),
    ...(report.integratedWeights === null
      ? ['No whole book on the tape: the rows that need its levels are empty']
      : [
          `Integrated OFI: the first component holds ${(100 * (report.integratedExplained ?? 0)).toFixed(0)} % of the variance of ten levels`,
        ]),
    NO_SKILL,
    HALVES,
  ]
}

/** Every fit with its label. */
export const ofiTable = ({ fits }: OfiReport): PlotTable => ({
  head: [
    'ΔP on',
    'same bar R² (in sample, no skill)',
    'same bar R² (out of sample, no skill)',
    'next bar R² (in sample)',
    'by chance',
    'next bar R² (out of sample)',
    'bars',
  ],
  rows: fits.map(rowOf),
})

const rowOf = (fit: FlowFit): readonly string[] => [
  NAMES[fit.name],
  decimals(fit.rSquared),
  decimals(fit.outOfSampleRSquared),
  decimals(fit.nextBarRSquared),
  decimals(fit.nextBarChanceRSquared),
  decimals(fit.nextBarOutOfSampleRSquared),
  String(fit.n),
]

/** For a terminal: notes, then the table with a short head. */
export function ofiText(report: OfiReport): string {
  const head = ['', 'same bar', 'same bar', 'next bar', 'next bar', 'next bar', '']
  const units = ['R² of ΔP on', 'in sample', 'out of s.', 'in sample', 'by chance', 'out of s.', 'bars']
  const rows = [head, units, ...ofiTable(report).rows]
  const widths = units.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  )
  const [summary = [], rest] = [ofiNotes(report).slice(0, -2), [NO_SKILL, HALVES]]
  return [...summary, '', ...lines.map((line) => line.trimEnd()), '', ...rest].join('\n')
}

const decimals = (value: number | null): string => (value === null ? '–' : value.toFixed(R_SQUARED_DECIMALS))

const significant = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(SIGNIFICANT)))
