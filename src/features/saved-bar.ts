import { z } from 'zod'
import type { Bar } from '../market/bar.ts'
import { loadNumbers, savedNumber, saveNumber, saveNumbers } from '../market/saved-numbers.ts'

const list = z.array(savedNumber).max(256)
const taint = z.enum(['gap', 'unsynced', 'partial'])
const external = z.strictObject({ series: z.string(), value: savedNumber, observedAt: savedNumber })

const NUMBERS = [
  'startAt',
  'endAt',
  'open',
  'high',
  'low',
  'close',
  'tradeCount',
  'buyCount',
  'sellCount',
  'buyVolume',
  'sellVolume',
  'quoteVolume',
  'liquidationBuyVolume',
  'liquidationSellVolume',
  'weighedMs',
  'spreadTicksMean',
  'bidDepthMean',
  'askDepthMean',
  'bidDepthLevelsMean',
  'askDepthLevelsMean',
  'bidTicks',
  'askTicks',
  'bidSize',
  'askSize',
  'markPrice',
  'indexPrice',
  'fundingRate',
  'nextFundingAt',
  'openInterest',
  'bookUpdateCount',
] as const satisfies readonly (keyof Bar)[]
const LISTS = [
  'ofi',
  'bidDepths',
  'askDepths',
  'bidPriceTicks',
  'askPriceTicks',
  'bidSizes',
  'askSizes',
] as const satisfies readonly (keyof Bar)[]

/** A closed bar as JSON keeps it, every bit. */
export const savedBar = z.strictObject({
  symbol: z.string(),
  numbers: z.array(savedNumber).length(NUMBERS.length),
  lists: z.array(list).length(LISTS.length),
  taints: z.array(taint),
  externals: z.array(external).max(256).optional(),
  signature: list.optional(),
})

export type SavedBar = z.infer<typeof savedBar>

export const saveBar = (bar: Bar): SavedBar => ({
  symbol: bar.symbol,
  numbers: NUMBERS.map((key) => saveNumber(bar[key])),
  lists: LISTS.map((key) => saveNumbers(bar[key])),
  taints: [...bar.taints],
  ...(bar.externals && {
    externals: Object.entries(bar.externals).map(([series, { value, observedAt }]) => ({
      series,
      value: saveNumber(value),
      observedAt: saveNumber(observedAt),
    })),
  }),
  ...(bar.signature && { signature: saveNumbers(bar.signature) }),
})

export function loadBar({ symbol, numbers, lists, taints, externals, signature }: SavedBar): Bar {
  const entries = externals?.map(
    ({ series, value, observedAt }) => [series, { value: Number(value), observedAt: Number(observedAt) }] as const,
  )
  return {
    symbol,
    ...Object.fromEntries(NUMBERS.map((key, at) => [key, Number(numbers[at])])),
    ...Object.fromEntries(LISTS.map((key, at) => [key, loadNumbers(lists[at]!)])),
    taints,
    ...(entries && { externals: Object.fromEntries(entries) }),
    ...(signature && { signature: Float64Array.from(loadNumbers(signature)) }),
  } as unknown as Bar
}
