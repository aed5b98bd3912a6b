import { z } from 'zod'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { type Bar, BOOK_LEVELS, type Taint } from '../bar.ts'
import { loadNumbers, savedNumbers, saveNumbers } from '../saved-numbers.ts'

/** What a bar of prices and volume says nothing of. */
export const UNKNOWN_LEVELS: readonly number[] = Object.freeze(new Array<number>(BOOK_LEVELS).fill(Number.NaN))

/** The longer bar under way. */
interface OpenFrame {
  startAt: number
  open: number
  high: number
  low: number
  tradeCount: number
  buyCount: number
  sellCount: number
  buyVolume: number
  sellVolume: number
  quoteVolume: number
  weighedMs: number
  spreadTicksMs: number
  hasGap: boolean
  isPartial: boolean
}

const NUMBERS = [
  ...['startAt', 'open', 'high', 'low', 'tradeCount', 'buyCount', 'sellCount', 'buyVolume', 'sellVolume'],
  ...['quoteVolume', 'weighedMs', 'spreadTicksMs', 'hasGap', 'isPartial'],
] as readonly (keyof OpenFrame)[]

const NONE: readonly Bar[] = []

/**
 * Bars of one length out of shorter ones of prices and volume alone: range, sums, and the quotes and marks of the last. Base bars without
 * volume say nothing of the range. Taints as in `HigherBars`: where base bars are missing, `partial` at the beginning, `gap` later.
 */
export class CandleFrame {
  readonly #baseMs: number
  readonly #ms: number
  #frame: OpenFrame | undefined
  /** Where the next base bar should begin; NaN before the first. */
  #nextAt = Number.NaN
  /** Close of the last base bar, quote currency. */
  #close = Number.NaN

  constructor(baseMs: number, ms: number) {
    this.#baseMs = baseMs
    this.#ms = ms
  }

  /** The bars that end with this base bar; two where one before it ended in a gap. */
  step(bar: Bar): readonly Bar[] {
    check(bar.endAt - bar.startAt === this.#baseMs, 'length of the base bar, ms', bar.endAt - bar.startAt)
    check(!(bar.startAt < this.#nextAt), 'base bars in order', bar.startAt)
    const broken = bar.startAt > this.#nextAt ? this.#break(bar) : NONE
    const frame = this.#frame ?? this.#begin(bar.startAt, bar.startAt > this.#nextAt)
    add(frame, bar)
    this.#nextAt = bar.endAt
    this.#close = bar.close
    return bar.endAt === frame.startAt + this.#ms ? [...broken, this.#end(frame, bar, false)] : broken
  }

  save(): z.infer<typeof savedCandleFrame> {
    const frame = this.#frame
    return {
      ms: this.#ms,
      numbers: saveNumbers([this.#nextAt, this.#close]),
      frame: frame ? saveNumbers(NUMBERS.map((key) => Number(frame[key]))) : null,
    }
  }

  restore({ ms, numbers, frame }: z.infer<typeof savedCandleFrame>): void {
    if (ms !== this.#ms) {
      throw new InputError(`the saved timeframe was ${ms} ms; it must be ${this.#ms} ms`, { ms })
    }
    const [nextAt, close] = loadNumbers(numbers)
    this.#nextAt = nextAt!
    this.#close = close!
    this.#frame = frame ? loadFrame(loadNumbers(frame)) : undefined
  }

  /** Base bars are missing before `bar`: what was under way has a gap, and ends where its end is among them. */
  #break(bar: Bar): readonly Bar[] {
    const frame = this.#frame
    if (!frame) return NONE
    frame.hasGap = true
    return bar.startAt >= frame.startAt + this.#ms ? [this.#end(frame, bar, true)] : NONE
  }

  #begin(at: number, isBroken: boolean): OpenFrame {
    const frame = emptyFrame(Math.floor(at / this.#ms) * this.#ms)
    if (at > frame.startAt) frame[isBroken ? 'hasGap' : 'isPartial'] = true
    this.#frame = frame
    return frame
  }

  /** `last`: the bar that stands at the end, or where `isUnseen` any other of the instrument: quotes and marks are then not known. */
  #end(frame: OpenFrame, last: Bar, isUnseen: boolean): Bar {
    this.#frame = undefined
    const close = this.#close
    const isQuiet = Number.isNaN(frame.open)
    const { weighedMs, buyVolume, sellVolume, quoteVolume, tradeCount, buyCount, sellCount } = frame
    return {
      ...last,
      ...(isUnseen && UNSEEN),
      startAt: epochMs(frame.startAt),
      endAt: (frame.startAt + this.#ms) as EpochMs,
      ...(isQuiet ? { open: close, high: close, low: close } : { open: frame.open, high: frame.high, low: frame.low }),
      ...{ close, tradeCount, buyCount, sellCount, buyVolume, sellVolume, quoteVolume, weighedMs },
      ...{ liquidationBuyVolume: Number.NaN, liquidationSellVolume: Number.NaN, ofi: UNKNOWN_LEVELS },
      spreadTicksMean: frame.spreadTicksMs / weighedMs,
      ...{ bidDepthMean: Number.NaN, askDepthMean: Number.NaN },
      ...{ bidDepthLevelsMean: Number.NaN, askDepthLevelsMean: Number.NaN },
      ...{ bidDepths: UNKNOWN_LEVELS, askDepths: UNKNOWN_LEVELS, bookUpdateCount: 0 },
      taints: taintsOf(frame, isUnseen || last.taints.includes('unsynced')),
    }
  }
}

/** Of a bar whose end nobody saw. */
const UNSEEN = {
  ...{ bidTicks: Number.NaN, askTicks: Number.NaN, bidSize: Number.NaN, askSize: Number.NaN },
  ...{ bidPriceTicks: UNKNOWN_LEVELS, askPriceTicks: UNKNOWN_LEVELS },
  ...{ bidSizes: UNKNOWN_LEVELS, askSizes: UNKNOWN_LEVELS },
  ...{ markPrice: Number.NaN, indexPrice: Number.NaN, fundingRate: Number.NaN },
  ...{ nextFundingAt: Number.NaN, openInterest: Number.NaN },
}

function taintsOf({ hasGap, isPartial }: OpenFrame, isUnsynced: boolean): readonly Taint[] {
  const taints: Taint[] = []
  if (hasGap) taints.push('gap')
  if (isUnsynced) taints.push('unsynced')
  if (isPartial) taints.push('partial')
  return taints
}

const emptyFrame = (startAt: number): OpenFrame => ({
  startAt,
  ...{ open: Number.NaN, high: Number.NaN, low: Number.NaN },
  ...{ tradeCount: 0, buyCount: 0, sellCount: 0, buyVolume: 0, sellVolume: 0, quoteVolume: 0 },
  ...{ weighedMs: 0, spreadTicksMs: 0, hasGap: false, isPartial: false },
})

function add(into: OpenFrame, bar: Bar): void {
  if (bar.buyVolume + bar.sellVolume > 0) {
    if (Number.isNaN(into.open)) {
      into.open = bar.open
      into.high = bar.high
      into.low = bar.low
    } else {
      if (bar.high > into.high) into.high = bar.high
      if (bar.low < into.low) into.low = bar.low
    }
  }
  into.tradeCount += bar.tradeCount
  into.buyCount += bar.buyCount
  into.sellCount += bar.sellCount
  into.buyVolume += bar.buyVolume
  into.sellVolume += bar.sellVolume
  into.quoteVolume += bar.quoteVolume
  if (bar.weighedMs > 0) {
    into.weighedMs += bar.weighedMs
    into.spreadTicksMs += bar.spreadTicksMean * bar.weighedMs
  }
  if (bar.taints.length === 0) return
  into.hasGap ||= bar.taints.includes('gap')
  into.isPartial ||= bar.taints.includes('partial')
}

function loadFrame(values: readonly number[]): OpenFrame {
  const { hasGap, isPartial, ...numbers } = Object.fromEntries(NUMBERS.map((key, at) => [key, values[at]!]))
  return { ...emptyFrame(0), ...numbers, hasGap: hasGap === 1, isPartial: isPartial === 1 }
}

export const savedCandleFrame = z.strictObject({
  ms: z.number(),
  /** `#nextAt`, `#close`. */
  numbers: savedNumbers(2),
  frame: savedNumbers(NUMBERS.length).nullable(),
})
