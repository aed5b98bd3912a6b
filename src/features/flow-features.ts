import { type Bar, LEVELS } from '../market/bar.ts'
import type { FeatureDefinition } from './feature-definition.ts'
import { instant, ringed } from './feature-units.ts'

const CKS = 'Cont, Kukanov, Stoikov, Journal of Financial Econometrics 12(1), 2014, §2'
const XU = 'Xu, Gould, Howison, Market Microstructure and Liquidity 4, 2018 (arXiv 1907.06230)'
const DAY_MS = 86_400_000

export const balance = (plus: number, minus: number): number => (plus + minus > 0 ? (plus - minus) / (plus + minus) : 0)

export const volumeOf = ({ buyVolume, sellVolume }: Bar): number => buyVolume + sellVolume

const bestDepth = (bar: Bar): number => (bar.bidDepthMean + bar.askDepthMean) / 2

/** Q of Cont, Cucuringu, Zhang 2023: mean depth of one side of one level. */
const levelDepth = (bar: Bar): number => (bar.bidDepthLevelsMean + bar.askDepthLevelsMean) / (2 * LEVELS)

/** Σ OFI of the best level over `bars` bars, in units of the mean best queue. */
export const ofiBest = (bars: number): FeatureDefinition => ({
  name: bars === 1 ? 'ofi_best' : `ofi_best_${bars}`,
  unit: 'ratio',
  formula: 'sum(ofi[1]) / mean((bidDepthMean + askDepthMean) / 2)',
  source: CKS,
  params: { bars },
  lookBack: bars,
  create: () =>
    ringed([bars, bars], ([flows, depths], { bar }) => {
      flows!.push(bar.ofi[0]!)
      depths!.push(bestDepth(bar))
      return (bars * flows!.sum()) / depths!.sum()
    }),
})

/** OFI of one level (1 = best) in units of the mean queue of all levels. */
export const ofiLevel = (level: number): FeatureDefinition => ({
  name: `ofi_level_${level}`,
  unit: 'ratio',
  formula: 'ofi[level] / ((bidDepthLevelsMean + askDepthLevelsMean) / (2 * LEVELS))',
  source: XU,
  params: { level },
  lookBack: 1,
  create: () => instant(({ bar }) => bar.ofi[level - 1]! / levelDepth(bar)),
})

/** OFI of the first five levels together in units of their mean queues. */
export const ofiLevels: FeatureDefinition = {
  name: 'ofi_levels',
  unit: 'ratio',
  formula: 'sum(ofi) / ((bidDepthLevelsMean + askDepthLevelsMean) / 2)',
  source: XU,
  params: {},
  lookBack: 1,
  create: () =>
    instant(({ bar }) => {
      let total = 0
      for (let level = 0; level < LEVELS; level += 1) total += bar.ofi[level]!
      return total / (LEVELS * levelDepth(bar))
    }),
}

/** −1: only sellers took; 0: balance or no trade; 1: only buyers took. */
export const tradeImbalance = (bars: number): FeatureDefinition => ({
  name: bars === 1 ? 'trade_imbalance' : `trade_imbalance_${bars}`,
  unit: 'ratio',
  formula: '(buy - sell) / (buy + sell) of sum(volume); 0 without trades',
  source: 'signed trade flow by aggressor',
  params: { bars },
  lookBack: bars,
  create: () =>
    ringed([bars, bars], ([buys, sells], { bar }) => {
      buys!.push(bar.buyVolume)
      sells!.push(bar.sellVolume)
      return balance(buys!.sum(), sells!.sum())
    }),
})

export const spread: FeatureDefinition = {
  name: 'spread',
  unit: 'bps',
  formula: '1e4 * spreadTicksMean * tickSize / mid',
  source: 'time-weighted quoted spread',
  params: {},
  lookBack: 1,
  create: ({ tickSize }) => instant(({ bar, mid }) => (1e4 * bar.spreadTicksMean * tickSize) / mid),
}

/** Of the best queues as they stand at the close. */
export const queueImbalance: FeatureDefinition = {
  name: 'queue_imbalance',
  unit: 'ratio',
  formula: '(bidSize - askSize) / (bidSize + askSize) at the close',
  source: 'Gould, Bonart, Market Microstructure and Liquidity 2(2), 2016',
  params: {},
  lookBack: 1,
  create: () => instant(({ bar }) => balance(bar.bidSize, bar.askSize)),
}

/** Of the first five levels, mean over the bar. */
export const depthImbalance: FeatureDefinition = {
  name: 'depth_imbalance',
  unit: 'ratio',
  formula: '(bid - ask) / (bid + ask) of DepthLevelsMean',
  source: 'queue imbalance over five levels',
  params: {},
  lookBack: 1,
  create: () => instant(({ bar }) => balance(bar.bidDepthLevelsMean, bar.askDepthLevelsMean)),
}

/** Queue-weighted price against the mid at the close: positive where the bid queue is the longer one. */
export const microprice: FeatureDefinition = {
  name: 'microprice',
  unit: 'bps',
  formula: '1e4 * ((ask * bidSize + bid * askSize) / (bidSize + askSize) / mid - 1) at the close',
  source: 'weighted mid, after Stoikov, Quantitative Finance 18(12), 2018, §1',
  params: {},
  lookBack: 1,
  create: ({ tickSize }) =>
    instant(({ bar, mid }) => {
      const { bidTicks, askTicks, bidSize, askSize } = bar
      return 1e4 * ((tickSize * (askTicks * bidSize + bidTicks * askSize)) / (bidSize + askSize) / mid - 1)
    }),
}

/** −1 … 1: the bar's volume against the mean of the last `bars`. */
export const volumeSurprise = (bars: number): FeatureDefinition => ({
  name: `volume_surprise_${bars}`,
  unit: 'ratio',
  formula: '(volume - mean) / (volume + mean); 0 without trades',
  source: 'relative volume',
  params: { bars },
  lookBack: bars,
  create: () =>
    ringed([bars], ([volumes], { bar }) => {
      volumes!.push(volumeOf(bar))
      return balance(volumeOf(bar), volumes!.sum() / bars)
    }),
})

/** Place of the close on the UTC day's circle. */
export const timeOfDay = (part: 'sin' | 'cos'): FeatureDefinition => ({
  name: `time_of_day_${part}`,
  unit: 'ratio',
  formula: `${part}(2 * pi * endAt / day)`,
  source: 'cyclic pair, UTC',
  params: {},
  lookBack: 1,
  create: () => instant(({ bar }) => Math[part]((2 * Math.PI * (bar.endAt % DAY_MS)) / DAY_MS)),
})
