import { type Bar, LEVELS } from '../market/bar.ts'
import type { FeatureDefinition } from './feature-definition.ts'

const DAY_MS = 86_400_000

const balance = (plus: number, minus: number): number => (plus + minus > 0 ? (plus - minus) / (plus + minus) : 0)

const sum = (bars: readonly Bar[], of: (bar: Bar) => number): number => bars.reduce((total, bar) => total + of(bar), 0)

const bestDepth = (bar: Bar): number => (bar.bidDepthMean + bar.askDepthMean) / 2

/** Q of Cont, Cucuringu, Zhang 2023: mean depth of one side of one level. */
const levelDepth = (bar: Bar): number => (bar.bidDepthLevelsMean + bar.askDepthLevelsMean) / (2 * LEVELS)

/** Σ OFI of the best level over `bars` bars, in units of the mean best queue. */
export const ofiBest = (bars: number): FeatureDefinition => ({
  name: bars === 1 ? 'ofi_best' : `ofi_best_${bars}`,
  unit: 'ratio',
  formula: 'sum(ofi[1]) / mean((bidDepthMean + askDepthMean) / 2)',
  params: { bars },
  lookBack: bars,
  of: ({ recent }) => (bars * sum(recent(bars), ({ ofi }) => ofi[0]!)) / sum(recent(bars), bestDepth),
})

/** OFI of one level (1 = best) in units of the mean queue of all levels. */
export const ofiLevel = (level: number): FeatureDefinition => ({
  name: `ofi_level_${level}`,
  unit: 'ratio',
  formula: 'ofi[level] / ((bidDepthLevelsMean + askDepthLevelsMean) / (2 * LEVELS))',
  params: { level },
  lookBack: 1,
  of: ({ bar }) => bar.ofi[level - 1]! / levelDepth(bar),
})

/** OFI of all levels together in units of their mean queues. */
export const ofiLevels: FeatureDefinition = {
  name: 'ofi_levels',
  unit: 'ratio',
  formula: 'sum(ofi) / ((bidDepthLevelsMean + askDepthLevelsMean) / 2)',
  params: {},
  lookBack: 1,
  of: ({ bar }) => bar.ofi.reduce((total, flow) => total + flow, 0) / (LEVELS * levelDepth(bar)),
}

/** −1: only sellers took; 0: balance or no trade; 1: only buyers took. */
export const tradeImbalance = (bars: number): FeatureDefinition => ({
  name: bars === 1 ? 'trade_imbalance' : `trade_imbalance_${bars}`,
  unit: 'ratio',
  formula: '(buy - sell) / (buy + sell) of sum(volume); 0 without trades',
  params: { bars },
  lookBack: bars,
  of: ({ recent }) =>
    balance(
      sum(recent(bars), ({ buyVolume }) => buyVolume),
      sum(recent(bars), ({ sellVolume }) => sellVolume),
    ),
})

export const spread: FeatureDefinition = {
  name: 'spread',
  unit: 'bps',
  formula: '1e4 * spreadTicksMean * tickSize / mid',
  params: {},
  lookBack: 1,
  of: ({ bar, tickSize, mid }) => (1e4 * bar.spreadTicksMean * tickSize) / mid,
}

/** Of the best queues as they stand at the close. */
export const queueImbalance: FeatureDefinition = {
  name: 'queue_imbalance',
  unit: 'ratio',
  formula: '(bidSize - askSize) / (bidSize + askSize) at the close',
  params: {},
  lookBack: 1,
  of: ({ bar }) => balance(bar.bidSize, bar.askSize),
}

/** Of all levels, mean over the bar. */
export const depthImbalance: FeatureDefinition = {
  name: 'depth_imbalance',
  unit: 'ratio',
  formula: '(bid - ask) / (bid + ask) of DepthLevelsMean',
  params: {},
  lookBack: 1,
  of: ({ bar }) => balance(bar.bidDepthLevelsMean, bar.askDepthLevelsMean),
}

/** Queue-weighted price against the mid at the close: positive where the bid queue is the longer one. */
export const microprice: FeatureDefinition = {
  name: 'microprice',
  unit: 'bps',
  formula: '1e4 * ((ask * bidSize + bid * askSize) / (bidSize + askSize) / mid - 1) at the close',
  params: {},
  lookBack: 1,
  of: ({ bar, tickSize, mid }) => {
    const { bidTicks, askTicks, bidSize, askSize } = bar
    return 1e4 * ((tickSize * (askTicks * bidSize + bidTicks * askSize)) / (bidSize + askSize) / mid - 1)
  },
}

/** −1 … 1: the bar's volume against the mean of the last `bars`. */
export const volumeSurprise = (bars: number): FeatureDefinition => ({
  name: `volume_surprise_${bars}`,
  unit: 'ratio',
  formula: '(volume - mean) / (volume + mean); 0 without trades',
  params: { bars },
  lookBack: bars,
  of: ({ bar, recent }) => {
    const volumeOf = ({ buyVolume, sellVolume }: Bar): number => buyVolume + sellVolume
    return balance(volumeOf(bar), sum(recent(bars), volumeOf) / bars)
  },
})

/** Place of the close on the UTC day's circle. */
export const timeOfDay = (part: 'sin' | 'cos'): FeatureDefinition => ({
  name: `time_of_day_${part}`,
  unit: 'ratio',
  formula: `${part}(2 * pi * endAt / day)`,
  params: {},
  lookBack: 1,
  of: ({ bar }) => Math[part]((2 * Math.PI * (bar.endAt % DAY_MS)) / DAY_MS),
})
