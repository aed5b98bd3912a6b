/** Hard limits. They live outside the strategy, and no order passes that breaks one (RTS 6, Commission Delegated Regulation 2017/589). */
export interface RiskLimits {
  /** Most that one order may be worth, quote currency (art. 15(1)(b)). */
  readonly orderNotionalMaxQuote: number
  /** Most that the position of one instrument may be worth if every open order fills, quote currency (art. 15(4)). */
  readonly positionNotionalMaxQuote: number
  /** The same, summed over all instruments without netting, quote currency. */
  readonly grossExposureMaxQuote: number
  /** Gross exposure over equity. */
  readonly leverageMax: number
  /** How far an order's price may be on the wrong side of the reference price, bps (art. 15(1)(a)). */
  readonly collarBpsMax: number
  /** Older reference prices count as none, milliseconds. */
  readonly referenceAgeMsMax: number
  /** Orders and cancels, all instruments together (art. 15(1)(d)). Whole numbers ≥ 1. */
  readonly messagesPerSecondMax: number
  readonly messagesPerMinuteMax: number
  /** Share of both that entries may not touch, so that exits and cancels find room, 0 ≤ x < 1. */
  readonly messageReserveFraction: number
  /** Loss of equity since the UTC day began that latches, quote currency. */
  readonly dailyLossMaxQuote: number
  /** Loss of equity from its peak that latches, fraction of the peak. */
  readonly drawdownMaxFraction: number
  /** Executed orders within `executionWindowMs` that latch until a person resets (art. 15(3)). Whole number ≥ 1. */
  readonly executionsMax: number
  readonly executionWindowMs: number
}
