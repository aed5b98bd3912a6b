import Big from 'big.js'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { BalanceReport, Fill } from '../core/order.ts'
import { type EpochMs, epochMs } from '../core/units.ts'
import type { Journal } from './journal.port.ts'
import type { BalanceRecord, CashRecord } from './journal-records.ts'
import type { Money } from './trader-event.ts'

const DAY_MS = 86_400_000

/** The money side of the ledger: per currency wallet = start + realised − fees + cash, exact decimals. */
export interface Wallets {
  balance(currency: string): BalanceRecord | undefined
  /** `now` says which day is today (UTC). Undefined for a currency never seen. */
  money(currency: string, now: EpochMs): Money | undefined
  /** First meeting: the venue's wallet is the start. */
  open(report: BalanceReport): void
  /** The change is part of the wallet's start: it is older, or the wallet was not met yet. */
  isOld(cash: CashRecord): boolean
  /** The venue's own figure; the identity is left alone. */
  seen(report: BalanceReport): void
  /** One booking inside a transaction, followed by `commit` once that has succeeded. */
  bookFill(fill: Fill): void
  bookCash(cash: CashRecord): true
  /** Takes what the last transaction booked into memory. */
  commit(): void
}

interface Today {
  readonly day: number
  readonly realised: Map<string, Big>
  readonly fees: Map<string, Big>
}

const addTo = (sums: Map<string, Big>, currency: string, amount: string): void =>
  void sums.set(currency, (sums.get(currency) ?? new Big(0)).plus(amount))

/** `settleOf`: currency of an instrument's realised profit. */
export function wallets(journal: Journal, settleOf: ReadonlyMap<InstrumentSymbol, string>): Wallets {
  const balances = new Map(journal.balances().map((balance) => [balance.currency, balance]))
  /** Venue clock of the starts that this process saw: only it can hear of changes before them. */
  const openedAt = new Map<string, EpochMs>()
  const booked = new Map<string, BalanceRecord>()
  let bookedFill: Fill | undefined
  let today: Today = { day: -1, realised: new Map(), fees: new Map() }

  function book(currency: string, at: EpochMs, key: 'realised' | 'fees' | 'cash', amount: string): void {
    const before = booked.get(currency) ?? balances.get(currency) ?? { ...EMPTY, currency }
    const next = { ...before, [key]: new Big(before[key]).plus(amount).toFixed() }
    const wallet = new Big(next.start).plus(next.realised).minus(next.fees).plus(next.cash).toFixed()
    const record = { ...next, wallet, updatedAt: epochMs(Math.max(before.updatedAt, at)) }
    journal.saveBalance(record)
    booked.set(currency, record)
  }
  const settle = (fill: Fill): string => settleOf.get(fill.symbol) ?? fill.feeCurrency
  function addToday(fill: Fill): void {
    addTo(today.realised, settle(fill), fill.realisedPnl)
    addTo(today.fees, fill.feeCurrency, fill.fee)
  }
  function turnDay(now: EpochMs): void {
    const day = Math.floor(now / DAY_MS)
    if (day === today.day) return
    today = { day, realised: new Map(), fees: new Map() }
    journal.fillsSince(epochMs(day * DAY_MS)).forEach(addToday)
  }

  return {
    balance: (currency) => balances.get(currency),
    money(currency, now) {
      const balance = balances.get(currency)
      if (!balance) return undefined
      turnDay(now)
      const { wallet, venueWallet, realised, fees, cash } = balance
      const realisedToday = (today.realised.get(currency) ?? new Big(0)).toFixed()
      const feesToday = (today.fees.get(currency) ?? new Big(0)).toFixed()
      return { currency, wallet, venueWallet, realised, fees, cash, realisedToday, feesToday }
    },
    open({ currency, wallet, updatedAt }) {
      const record = { ...EMPTY, currency, start: wallet, wallet, venueWallet: wallet, updatedAt }
      journal.saveBalance(record)
      balances.set(currency, record)
      openedAt.set(currency, updatedAt)
    },
    isOld: ({ currency, at }) => !balances.has(currency) || at < (openedAt.get(currency) ?? 0),
    seen({ currency, wallet, updatedAt }) {
      const before = balances.get(currency)
      if (!before || before.venueWallet === wallet) return
      const record = { ...before, venueWallet: wallet, updatedAt: epochMs(Math.max(before.updatedAt, updatedAt)) }
      journal.saveBalance(record)
      balances.set(currency, record)
    },
    bookFill(fill) {
      booked.clear()
      book(settle(fill), fill.at, 'realised', fill.realisedPnl)
      book(fill.feeCurrency, fill.at, 'fees', fill.fee)
      bookedFill = fill
    },
    bookCash({ currency, amount, at }) {
      booked.clear()
      bookedFill = undefined
      book(currency, at, 'cash', amount)
      return true
    },
    commit() {
      for (const [currency, balance] of booked) balances.set(currency, balance)
      booked.clear()
      // A fill of another day is not counted here: when the day turns, the journal has it.
      if (bookedFill && Math.floor(bookedFill.at / DAY_MS) === today.day) addToday(bookedFill)
      bookedFill = undefined
    },
  }
}

const EMPTY: Omit<BalanceRecord, 'currency'> = {
  start: '0',
  realised: '0',
  fees: '0',
  cash: '0',
  wallet: '0',
  venueWallet: '0',
  updatedAt: epochMs(0),
}
