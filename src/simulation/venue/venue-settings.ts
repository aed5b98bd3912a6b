import type { Instrument } from '../../core/instrument.ts'
import type { PositionReport } from '../../core/order.ts'
import type { AccountSettings, MarginType } from '../account/account-settings.ts'
import type { SimulationSettings } from './simulation-settings.ts'

export interface SimulatedVenueSettings {
  readonly instruments: readonly Instrument[]
  readonly simulation: SimulationSettings
  /** Wallet of each settle currency at the start, decimal string. */
  readonly deposit: string
  /** Initial margin is value ÷ leverage. ≥ 1. */
  readonly leverage: number
  /** Absent: cross. */
  readonly marginMode?: MarginType
  /** Absent: net positions, one margin tier, the instruments' own fees, Binance's liquidation fee. */
  readonly account?: Partial<Omit<AccountSettings, 'leverageOf' | 'marginTypeOf'>>
  /** The account as an earlier run left it. Open orders do not survive. */
  readonly opening?: OpeningAccount | undefined
}

interface OpeningAccount {
  /** Currency to decimal string; a currency not named begins with the deposit. */
  readonly wallets: Readonly<Record<string, string>>
  readonly positions: readonly Pick<PositionReport, 'symbol' | 'lots' | 'entryPrice' | 'positionSide'>[]
  /** Highest trade and order numbers given before, so that none is given twice. 0 for none. */
  readonly lastTradeId: number
  readonly lastOrderId: number
}
