import type { FreezeReason } from '../../core/freeze-reason.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { OpenLots } from '../../risk/exposure.ts'
import type { Decided, Placement } from '../../trading/submitter.ts'

export interface DeskPosition {
  /** Signed. */
  readonly lots: number
  /** Mean entry price in ticks, 0 when flat. */
  readonly entryTicks: number
}

/** What is held and owed. */
export interface Account {
  position(symbol: InstrumentSymbol): DeskPosition
  /** Unfilled lots of the orders that may still fill. */
  openLots(symbol: InstrumentSymbol): OpenLots
  /** Empty: entries are allowed. */
  freezes(symbol: InstrumentSymbol): ReadonlySet<FreezeReason>
  /** Settle currency. */
  walletQuote(): number
}

/** Where decisions go: a trader with its venue, a book of signals, or nowhere in the replay of a recorded run. */
export interface Desk extends Account {
  /** Writes all decisions durably, then sends the orders among them without waiting for answers. Throws when it cannot write. */
  commit(decided: readonly Decided[]): readonly Placement[]
}
