import Big from 'big.js'
import { MarginAccount } from '../account/margin-account.ts'
import { refused } from './admission.ts'
import type { AccountId, Outcome, PositionSide } from './exchange.ts'
import { type Ledger, SIDES, sidesOf } from './ledger.ts'
import { claimsOf, type Markets } from './margin.ts'
import { emitAccount } from './settle.ts'
import type { Venue } from './venue.ts'

/** The money of an account; `before`: the same account in the other position mode, flat. */
export function openMoney(markets: Markets, deposit: string, hedged = false, before?: MarginAccount): MarginAccount {
  const instruments = [...markets.values()].map(({ instrument }) => instrument)
  const money = new MarginAccount(instruments, (currency) => before?.wallet(currency) ?? deposit, {
    positionMode: hedged ? 'hedge' : 'one-way',
    tiersOf: (symbol) => markets.get(symbol)!.tiers,
    ...(before && {
      leverageOf: (symbol) => before.leverage(symbol),
      marginTypeOf: (symbol) => before.marginType(symbol),
    }),
  })
  for (const [symbol, { mark }] of markets) money.mark(symbol, mark.state.markPrice)
  return money
}

const isHeld = (ledger: Ledger, symbol: string): boolean =>
  sidesOf(ledger).some((side) => ledger.money.lots(symbol, SIDES[side]) !== 0)

function hasOrders({ markets }: Venue, { account, open }: Ledger): boolean {
  if (open.size > 0) return true
  for (const { waiting } of markets.values()) {
    for (const { state } of waiting) if (state.account === account) return true
  }
  return false
}

/** "Change Position Mode" of Binance USD-M. */
export function setPositionMode(venue: Venue, account: AccountId, hedged: boolean): Outcome<boolean> {
  const ledger = venue.ledgerOf(account)
  if (ledger.hedged === hedged) return refused('no-need-to-change-mode', `it is ${hedged ? 'hedge' : 'one-way'} mode`)
  if (hasOrders(venue, ledger)) return refused('mode-with-orders', 'an order is open')
  for (const symbol of venue.markets.keys()) {
    if (isHeld(ledger, symbol)) return refused('mode-with-position', `a position in ${symbol} is open`)
  }
  ledger.money = openMoney(venue.markets, '0', hedged, ledger.money)
  ledger.hedged = hedged
  return { ok: true, value: hedged }
}

/** "Modify Isolated Position Margin" of Binance USD-M; `amount` is signed. */
export function moveMargin(
  venue: Venue,
  account: AccountId,
  symbol: string,
  positionSide: PositionSide,
  amount: string,
): Outcome<string> {
  if (!venue.markets.has(symbol)) return refused('unknown-symbol', symbol)
  const ledger = venue.ledgerOf(account)
  if (!sidesOf(ledger).includes(positionSide)) return refused('position-side-mismatch', positionSide)
  const { money } = ledger
  if (money.marginType(symbol) !== 'isolated') return refused('not-isolated', `${symbol} is margined cross`)
  if (money.lots(symbol, SIDES[positionSide]) === 0) return refused('no-position', symbol)
  const bad = money.moveMargin(symbol, amount, SIDES[positionSide], claimsOf(ledger, venue.markets))
  if (bad) {
    const reason = new Big(amount).gt(0) ? 'cross-balance-insufficient' : 'isolated-balance-insufficient'
    return refused(reason, amount)
  }
  emitAccount(venue, ledger, 'MARGIN_TRANSFER', '0', symbol, [positionSide])
  return { ok: true, value: amount }
}
