import {
  fitIntegratedOfi,
  type IntegratedOfiWeights,
  integratedOfi,
  normaliseOfi,
} from '../../market/flow/integrated-ofi.ts'
import { leastSquares, predict, type Regression } from '../../market/flow/least-squares.ts'
import type { FlowBin } from './flow-bins.ts'

/** How well a set of regressors explains price moves. Fractions; null where nothing can be fitted. */
export interface FlowFit {
  readonly name: FlowFitName
  /** Bars, and pairs of a bar and the next one. */
  readonly n: number
  readonly nextBarN: number
  /** R² that as many regressors of pure noise reach on average over the pairs: k ÷ (pairs − 1). */
  readonly nextBarChanceRSquared: number | null
  /** Contemporaneous, in the sample it was fitted on: the move and the flow of one bar. No skill. */
  readonly rSquared: number | null
  /** Contemporaneous, fitted on the first half of the bars, judged on the second. No skill either: the flow is known only with the move. */
  readonly outOfSampleRSquared: number | null
  /** Predictive, in sample: the flow of a bar against the move of the next one. */
  readonly nextBarRSquared: number | null
  /** Predictive, fitted on the first half of the bars, judged on the second. Negative: worse than the mean of the first half. */
  readonly nextBarOutOfSampleRSquared: number | null
}

export type FlowFitName = 'ofi' | 'tradeImbalance' | 'both' | 'ofiNormalised' | 'multiLevel' | 'integrated'

export interface FlowAnalysis {
  /** Of OFI: ΔP = α + β OFI. */
  readonly regression: Regression | undefined
  /** Of signed volume alone: Kyle's lambda. */
  readonly tradeRegression: Regression | undefined
  /** First principal component over all whole bars; undefined without a book. */
  readonly weights: IntegratedOfiWeights | undefined
  readonly fits: readonly FlowFit[]
  /** Σ OFI over all bars, whole or not, units of size. */
  readonly sumOfi: number
  readonly bars: number
  /** Left out of every fit: data were lost inside. */
  readonly brokenBars: number
}

interface Sample {
  readonly moveTicks: number
  /** Units of size. */
  readonly ofi: number
  readonly signedVolume: number
  /** Normalised OFI per level, ratio; absent without a whole book. */
  readonly levels: readonly number[] | undefined
  /** Place of the bar among all: neighbours differ by one. */
  readonly index: number
}

/** Regressors of a bar; undefined where it lacks them. Made anew for each sample it is fitted on: weights belong to the sample. */
type Regressors = (training: readonly Sample[]) => (sample: Sample) => readonly number[] | undefined

const FITS: readonly (readonly [FlowFitName, Regressors])[] = [
  [
    'ofi',
    () =>
      ({ ofi }) => [ofi],
  ],
  [
    'tradeImbalance',
    () =>
      ({ signedVolume }) => [signedVolume],
  ],
  [
    'both',
    () =>
      ({ ofi, signedVolume }) => [ofi, signedVolume],
  ],
  [
    'ofiNormalised',
    () =>
      ({ levels }) =>
        levels?.slice(0, 1),
  ],
  [
    'multiLevel',
    () =>
      ({ levels }) =>
        levels,
  ],
  ['integrated', integratedRegressor],
]

/** Ordinary least squares of price moves (ticks) on flow, bar by bar. `unitOf` turns lots into units of size. */
export function analyzeFlow(bins: readonly FlowBin[], unitOf: (lots: number) => number): FlowAnalysis {
  const samples = bins.flatMap((bin, index) => (bin.broken ? [] : [sampleOf(bin, index, unitOf)]))
  const moves = samples.map(({ moveTicks }) => moveTicks)
  return {
    regression: leastSquares([samples.map(({ ofi }) => ofi)], moves),
    tradeRegression: leastSquares([samples.map(({ signedVolume }) => signedVolume)], moves),
    weights: fitIntegratedOfi(samples.flatMap(({ levels }) => (levels ? [levels] : []))),
    fits: FITS.map(([name, regressors]) => fitOf(name, samples, regressors)),
    sumOfi: unitOf(bins.reduce((sum, { flowLots }) => sum + flowLots, 0)),
    bars: bins.length,
    brokenBars: bins.length - samples.length,
  }
}

function sampleOf(bin: FlowBin, index: number, unitOf: (lots: number) => number): Sample {
  const { moveTicks, flowLots, signedLots, levels } = bin
  const normalised = levels && normaliseOfi(levels.flowLots, levels.bidLots, levels.askLots)
  const isUsable = normalised?.every(Number.isFinite) ?? false
  return {
    moveTicks,
    ofi: unitOf(flowLots),
    signedVolume: unitOf(signedLots),
    levels: isUsable ? normalised : undefined,
    index,
  }
}

function integratedRegressor(training: readonly Sample[]): (sample: Sample) => readonly number[] | undefined {
  const weights = fitIntegratedOfi(training.flatMap(({ levels }) => (levels ? [levels] : [])))
  return ({ levels }) => (weights && levels ? [integratedOfi(weights, levels)] : undefined)
}

interface Row {
  readonly x: readonly number[]
  readonly y: number
}

function fitOf(name: FlowFitName, samples: readonly Sample[], regressors: Regressors): FlowFit {
  const half = Math.floor(samples.length / 2)
  const [first, second] = [samples.slice(0, half), samples.slice(half)]
  const whole = regressors(samples)
  const early = regressors(first)
  const sameBar = sameBarRows(samples, whole)
  const nextBar = nextBarRows(samples, whole)
  return {
    name,
    n: sameBar.length,
    nextBarN: nextBar.length,
    nextBarChanceRSquared: nextBar.length > 1 ? nextBar[0]!.x.length / (nextBar.length - 1) : null,
    rSquared: regress(sameBar)?.rSquared ?? null,
    outOfSampleRSquared: outOfSample(sameBarRows(first, early), sameBarRows(second, early)),
    nextBarRSquared: regress(nextBar)?.rSquared ?? null,
    nextBarOutOfSampleRSquared: outOfSample(nextBarRows(first, early), nextBarRows(second, early)),
  }
}

function sameBarRows(samples: readonly Sample[], of: ReturnType<Regressors>): readonly Row[] {
  return samples.flatMap((sample) => {
    const x = of(sample)
    return x ? [{ x, y: sample.moveTicks }] : []
  })
}

/** Only true neighbours: a bar left out between two parts them. */
function nextBarRows(samples: readonly Sample[], of: ReturnType<Regressors>): readonly Row[] {
  return samples.flatMap((sample, at) => {
    const next = samples[at + 1]
    const x = of(sample)
    return x && next?.index === sample.index + 1 ? [{ x, y: next.moveTicks }] : []
  })
}

function regress(rows: readonly Row[]): Regression | undefined {
  const width = rows[0]?.x.length ?? 0
  const columns = Array.from({ length: width }, (_, at) => rows.map(({ x }) => x[at]!))
  return leastSquares(
    columns,
    rows.map(({ y }) => y),
  )
}

/** 1 − Σ error² ÷ Σ (y − mean of the training half)²; null when either half says nothing. */
function outOfSample(training: readonly Row[], test: readonly Row[]): number | null {
  const fit = regress(training)
  if (!fit || test.length === 0) return null
  const mean = training.reduce((sum, { y }) => sum + y, 0) / training.length
  let errors = 0
  let total = 0
  for (const { x, y } of test) {
    errors += (y - predict(fit, x)) ** 2
    total += (y - mean) ** 2
  }
  return total > 0 ? 1 - errors / total : null
}
