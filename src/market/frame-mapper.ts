import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import type { MarketEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'

/** What a frame turned out to be. Only events go into the stream; the caller counts or reports the rest. */
export type FrameOutcome =
  | { readonly kind: 'event'; readonly event: MarketEvent }
  /** Several in their order, of one or more instruments; `excluded` counts what was left out as below. Never empty. */
  | { readonly kind: 'events'; readonly events: readonly MarketEvent[]; readonly excluded: number }
  /** A trade that is no market trade (insurance fund, ADL, block trade): counted, never part of a bar. */
  | { readonly kind: 'excluded'; readonly symbol: InstrumentSymbol; readonly type: string }
  /** Data were lost: the caller makes a `gap` event of it. `symbol` is absent when the frame names none that we know. */
  | {
      readonly kind: 'malformed'
      readonly symbol?: InstrumentSymbol
      readonly field: string
      readonly value: string
      readonly rule: string
    }
  /** Acknowledgements, other instruments, kinds that we do not use (kline, ticker …). */
  | { readonly kind: 'ignored' }

/** From one parsed frame of one venue to events. Knows nothing of sockets; never throws. */
export interface FrameMapper {
  /** `restSymbol`: venue symbol of a REST reply that names none itself. */
  map(frame: unknown, receivedAt: EpochMs, restSymbol?: string): FrameOutcome
  /**
   * What came before on this instrument's stream is void (a gap, a reconnect): where the mapper keeps state per instrument it begins
   * anew, so that the next whole book comes out as a snapshot.
   */
  reset(symbol: InstrumentSymbol): void
}

/** Makes a venue's mapper. `converters` by venue symbol; it may grow later. */
export type FrameMapperOf = (converters: ReadonlyMap<string, Converter>) => FrameMapper
