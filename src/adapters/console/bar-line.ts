import type { Forecast, NoForecast } from '../../inference/forecast.ts'
import type { Bar } from '../../market/bar.ts'
import type { Target } from '../../policy/decision.ts'

/** What one closed bar came to, for people. */
export interface BarReport {
  readonly bar: Pick<Bar, 'symbol' | 'endAt' | 'close' | 'ofi' | 'taints'>
  /** Decimal places of the price. */
  readonly priceDecimals: number
  /** Absent when the model was not asked. */
  readonly forecast?: Forecast | NoForecast | undefined
  readonly target: Target
  /** Code of a refusal by risk. */
  readonly refusal?: string | undefined
  /** Position before the decision, signed lots, and the value of one lot's base. */
  readonly positionLots: number
  /** Base (linear) or contracts in one lot. */
  readonly lotSize: number
  /** Realised and unrealised, less fees, since the start, quote currency. */
  readonly pnlQuote: number
  /** From the event that closed the bar to the decision, or the order sent, milliseconds. */
  readonly latencyMs: number
}

const COLUMNS = [
  ['time', 8],
  ['symbol', -9],
  ['price', 11],
  ['OFI', 9],
  ['forecast bps', -21],
  ['decision', -24],
  ['position', 10],
  ['PnL', 10],
  ['ms', 7],
] as const

/** What the columns are counted in. */
export const LEGEND =
  'time UTC · price, PnL in quote · OFI, position in base · forecast: median [lowest, highest quantile] · position before the decision · ms from bar close to decision or order'

const aligned = (text: string, width: number): string => (width < 0 ? text.padEnd(-width) : text.padStart(width))

/** Names above the columns of `barCells`. */
export const headerLine = (): string => COLUMNS.map(([name, width]) => aligned(name, width)).join(' ')

/** One cell per column, each as wide as its column (wider only where a number needs it). */
export function barCells(report: BarReport): readonly string[] {
  const { bar, positionLots, lotSize, pnlQuote, latencyMs } = report
  const texts = [
    new Date(bar.endAt).toISOString().slice(11, 19),
    bar.symbol.split(':')[0] ?? bar.symbol,
    number(bar.close, report.priceDecimals),
    signed(bar.ofi[0] ?? Number.NaN, 3),
    forecastText(report.forecast),
    decisionText(report),
    positionLots === 0 ? '0' : signed(positionLots * lotSize, 4),
    signed(pnlQuote, 2),
    number(latencyMs, 2),
  ]
  return texts.map((text, index) => aligned(text, COLUMNS[index]?.[1] ?? 0))
}

const number = (value: number, decimals: number): string => (Number.isFinite(value) ? value.toFixed(decimals) : '–')
const signed = (value: number, decimals: number): string => `${value > 0 ? '+' : ''}${number(value, decimals)}`

/** Median, or else mean, and the outer quantiles: `+0.8 [-2.1 +3.9]`. */
function forecastText(forecast: BarReport['forecast']): string {
  if (forecast === undefined) return '–'
  if ('failure' in forecast) return 'none'
  const { levels, quantilesBps, meanBps } = forecast
  const middle = quantilesBps[levels.indexOf(0.5)] ?? meanBps
  const [low, high] = [quantilesBps[0], quantilesBps.at(-1)]
  const band = low === undefined || high === undefined ? '' : ` [${signed(low, 1)} ${signed(high, 1)}]`
  return `${signed(middle, 2)}${band}`
}

function decisionText({ target, refusal, lotSize, bar }: BarReport): string {
  if (target.kind === 'abstain') {
    return target.reason === 'tainted' ? `– ${bar.taints[0] ?? 'tainted'}` : `– ${target.reason}`
  }
  const wanted = `${target.reason} ${target.lots === 0 ? 'flat' : signed(target.lots * lotSize, 4)}`
  return refusal === undefined ? wanted : `✗ ${refusal}`
}
