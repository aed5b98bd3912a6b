import type { FreezeReason } from '../../core/freeze-reason.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Adjustment } from '../../inference/forecast.ts'
import type { OpenLots } from '../../risk/exposure.ts'
import type { Guard } from '../../risk/guard.ts'
import type { Account, DeskPosition } from './desk.ts'

/** By instrument; one that is not there is taken as it is. */
export type Adjustments = Readonly<Record<InstrumentSymbol, Adjustment>>

/** What stood in the ledger for one instrument. */
interface AccountState extends DeskPosition {
  readonly open: OpenLots
  readonly freezes: readonly FreezeReason[]
}

/** The model that was asked, or would have been. */
export interface ModelInputs {
  readonly modelId: string
  readonly modelExpired: boolean
}

/**
 * What the decisions on bars that closed together are made from besides the market: account, guard, clock. On a recorded tape it
 * stands in line, so that a replay decides from the same. Plain JSON but for a wallet that is not known yet (`NaN`).
 */
export interface DecisionInputs extends ModelInputs {
  /** End of the bars. */
  readonly endAt: EpochMs
  /** Of the ledger, inside client order ids. */
  readonly ledgerTag: string
  /** Exchange clock at the arrival of what closed them, milliseconds since the epoch. */
  readonly exchangeNow: number
  /** By group, where groups of instruments have models of their own; `modelId` and `modelExpired` are those of the first. */
  readonly models?: Readonly<Record<string, ModelInputs>>
  /** Where it gave no forecast, and why: that a run failed or took too long is not to be had again. */
  readonly failures: Readonly<Record<InstrumentSymbol, string>>
  /** How oversight of the model took its forecasts; absent: as they are. */
  readonly adjustments?: Adjustments
  readonly walletQuote: number
  /** Before this reading of equity. The times of executions are left out: no verdict looks at them. */
  readonly guard: Guard
  /** Of every instrument of the run: exposure counts them all. */
  readonly accounts: Readonly<Record<InstrumentSymbol, AccountState>>
}

export const accountStates = (
  account: Account,
  symbols: Iterable<InstrumentSymbol>,
): Readonly<Record<InstrumentSymbol, AccountState>> =>
  Object.fromEntries(
    [...symbols].map((symbol) => [
      symbol,
      { ...account.position(symbol), open: account.openLots(symbol), freezes: [...account.freezes(symbol)] },
    ]),
  )

const NOTHING: AccountState = { lots: 0, entryTicks: 0, open: { buy: 0, sell: 0 }, freezes: [] }

/** The account as it stood. */
export function accountOf({ accounts, walletQuote }: DecisionInputs): Account {
  const of = (symbol: InstrumentSymbol): AccountState => accounts[symbol] ?? NOTHING
  return {
    position: (symbol) => of(symbol),
    openLots: (symbol) => of(symbol).open,
    freezes: (symbol) => new Set(of(symbol).freezes),
    walletQuote: () => walletQuote,
  }
}
