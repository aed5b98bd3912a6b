import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent } from '../../src/core/market-event.ts'
import type { Bar } from '../../src/market/bar.ts'
import { type BarBuilder, barBuilder } from '../../src/market/bar-builder.ts'
import { barSpec } from '../../src/market/bar-spec.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { BTCUSDT } from './instruments.ts'

export interface BuildSettings {
  readonly instrument?: Instrument
  readonly signature?: boolean
  /** The builder goes through JSON before the event of this index. */
  readonly restartAt?: number
}

export interface Built {
  readonly bars: readonly Bar[]
  readonly builder: BarBuilder
  /** Index of the event that closed each bar. */
  readonly closedBy: readonly number[]
}

/** Bars as `text` specifies them out of a raw stream. */
export function buildBars(text: string, events: readonly MarketEvent[], settings: BuildSettings = {}): Built {
  const { instrument = BTCUSDT, signature = false, restartAt = -1 } = settings
  const make = (): BarBuilder => barBuilder({ converter: converter(instrument), bar: barSpec(text), signature })
  const order = sequencer()
  let builder = make()
  const bars: Bar[] = []
  const closedBy: number[] = []
  for (const [index, event] of events.entries()) {
    if (index === restartAt) {
      const saved = JSON.parse(JSON.stringify(builder.save()))
      builder = make()
      builder.restore(saved)
    }
    order.step(event, (next) => {
      for (const bar of builder.step(next, order.book)) {
        bars.push(bar)
        closedBy.push(index)
      }
    })
  }
  return { bars, builder, closedBy }
}
