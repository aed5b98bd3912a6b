import { concatMap, defer, type OperatorFunction } from 'rxjs'
import type { MarketEvent } from '../core/market-event.ts'
import type { Bar } from './bar.ts'
import { type BarBuilderSettings, barBuilder } from './bar-builder.ts'
import { sequencer } from './sequencer.ts'

/** Closed bars of one instrument from its raw events. One book and one builder per subscription. */
export const bars =
  (settings: BarBuilderSettings): OperatorFunction<MarketEvent, Bar> =>
  (events$) =>
    defer(() => {
      const order = sequencer()
      const builder = barBuilder(settings)
      return events$.pipe(
        concatMap((event) => {
          const closed: Bar[] = []
          order.step(event, (next) => closed.push(...builder.step(next, order.book)))
          return closed
        }),
      )
    })
