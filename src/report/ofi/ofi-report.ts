import type { Converter } from '../../core/instrument.ts'
import { analyzeFlow, type FlowAnalysis, type FlowFit, type FlowFitName } from './analyze-flow.ts'
import type { FlowBin, FlowBinSettings } from './flow-bins.ts'

/** What `analyze ofi --json` prints. Null where nothing could be fitted. */
export interface OfiReport {
  readonly symbol: string
  readonly source: FlowBinSettings['source']
  readonly clock: FlowBinSettings['clock']
  readonly barMs: number
  /** Quote currency. */
  readonly tickSize: number
  /** What sizes are counted in: the base currency (linear) or `contracts` (inverse). */
  readonly unit: string
  /** Whole bars, the first regression's sample. */
  readonly n: number
  /** Of ΔP = α + β OFI, ΔP the move of the mid in ticks over the same bar. Contemporaneous: no skill. */
  readonly rSquared: number | null
  readonly slopeTicksPerUnit: number | null
  readonly interceptTicks: number | null
  readonly tStatistic: number | null
  /** Of the next bar's ΔP on this bar's OFI: the only figure here that foretells anything. */
  readonly nextBarRSquared: number | null
  /** Σ OFI of all bars, units. */
  readonly sumOfi: number
  readonly tradeImbalanceRSquared: number | null
  readonly bothRSquared: number | null
  readonly ofiNormalisedRSquared: number | null
  readonly multiLevelRSquared: number | null
  readonly integratedRSquared: number | null
  /** Ticks per unit of signed volume: the slope of ΔP on bought less sold volume (Kyle 1985). */
  readonly kyleLambdaTicksPerUnit: number | null
  /** Weights of the levels in the integrated OFI, best first, and the variance that they hold. */
  readonly integratedWeights: readonly number[] | null
  readonly integratedExplained: number | null
  readonly fits: readonly FlowFit[]
  /** Closed bars, and those of them left out since data were lost inside. */
  readonly bars: number
  readonly brokenBars: number
}

/** Sums of lots are whole; their product with the lot size is not. */
const SIZE_DECIMALS = 8

export function ofiReport(
  bins: readonly FlowBin[],
  settings: FlowBinSettings,
  { instrument, tickSize, quantity }: Converter,
): OfiReport {
  const analysis = analyzeFlow(bins, quantity)
  const { regression, tradeRegression, weights, fits, bars, brokenBars } = analysis
  return {
    symbol: instrument.symbol,
    source: settings.source,
    clock: settings.clock,
    barMs: settings.binMs,
    tickSize,
    unit: instrument.inverse ? 'contracts' : instrument.base,
    n: bars - brokenBars,
    rSquared: finite(regression?.rSquared),
    slopeTicksPerUnit: finite(regression?.slopes[0]),
    interceptTicks: finite(regression?.intercept),
    tStatistic: finite(regression?.tStatistics[0]),
    nextBarRSquared: fitNamed(analysis, 'ofi')?.nextBarRSquared ?? null,
    sumOfi: Number(analysis.sumOfi.toFixed(SIZE_DECIMALS)),
    tradeImbalanceRSquared: rSquaredOf(analysis, 'tradeImbalance'),
    bothRSquared: rSquaredOf(analysis, 'both'),
    ofiNormalisedRSquared: rSquaredOf(analysis, 'ofiNormalised'),
    multiLevelRSquared: rSquaredOf(analysis, 'multiLevel'),
    integratedRSquared: rSquaredOf(analysis, 'integrated'),
    kyleLambdaTicksPerUnit: finite(tradeRegression?.slopes[0]),
    integratedWeights: weights?.weights ?? null,
    integratedExplained: weights?.explained ?? null,
    fits,
    bars,
    brokenBars,
  }
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

const fitNamed = ({ fits }: FlowAnalysis, name: FlowFitName): FlowFit | undefined =>
  fits.find((fit) => fit.name === name)

const rSquaredOf = (analysis: FlowAnalysis, name: FlowFitName): number | null =>
  fitNamed(analysis, name)?.rSquared ?? null
