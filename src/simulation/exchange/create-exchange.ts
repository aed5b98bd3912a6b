import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import { moveMargin, setPositionMode } from './account-mode.ts'
import { refused } from './admission.ts'
import { cancelAlgo, fireTriggers, placeAlgo } from './algo-desk.ts'
import { createVenue } from './create-venue.ts'
import type { Outcome } from './exchange.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { exchangeFunding } from './funding.ts'
import { type Ledger, positionView, sidesOf } from './ledger.ts'
import { liquidateIfDue } from './liquidation.ts'
import { available, claimsOf, marginBalance } from './margin.ts'
import { MARK_INTERVAL_MS, nextFunding } from './mark-price.ts'
import type { Market } from './market.ts'
import { amend, cancel, findOrder, openOrders, place, pruneReduceOnly, withdraw } from './order-desk.ts'
import type { SimulatedExchange } from './simulated-exchange.ts'
import type { Venue } from './venue.ts'

const AMOUNT = /^\d{1,15}(\.\d{1,8})?$/

function validate({ deposit, fundingIntervalMs, markets, seed, insuranceFund = '0' }: ExchangeSettings): void {
  const rules: readonly (readonly [string, unknown, boolean, string])[] = [
    ['seed', seed, Number.isSafeInteger(seed), 'an integer'],
    ['deposit', deposit, AMOUNT.test(deposit), 'a decimal ≥ 0 with at most 8 decimals'],
    ['insuranceFund', insuranceFund, AMOUNT.test(insuranceFund), 'a decimal ≥ 0 with at most 8 decimals'],
    [
      'fundingIntervalMs',
      fundingIntervalMs,
      fundingIntervalMs >= MARK_INTERVAL_MS,
      `at least ${MARK_INTERVAL_MS} (ms)`,
    ],
    ['markets', markets.length, markets.length > 0, 'at least one market'],
  ]
  for (const [key, value, ok, rule] of rules) {
    if (!ok) throw new InputError(`exchange: ${key} was ${String(value)}; it must be ${rule}`, { key })
  }
}

/** What follows from trades and marks: triggers, and reduce-only orders without a position. */
function settleDown(venue: Venue, market: Market): void {
  fireTriggers(venue, market)
  for (const ledger of venue.ledgers.values()) {
    if (ledger.open.size > 0) pruneReduceOnly(venue, ledger.account)
  }
}

function restateMark(venue: Venue, market: Market): void {
  market.mark.update(market.mid(), venue.now)
  venue.emit({ kind: 'mark', symbol: market.instrument.symbol, at: venue.now, ...market.mark.state })
  for (const ledger of venue.ledgers.values()) liquidateIfDue(venue, ledger)
  settleDown(venue, market)
}

/** Runs the ends of orders, the markets, the marks and the funding in the order of their times, up to `now`. */
function clockwork(venue: Venue, { startAt, fundingIntervalMs }: ExchangeSettings): (now: EpochMs) => void {
  let markAt = (Math.floor(startAt / MARK_INTERVAL_MS) + 1) * MARK_INTERVAL_MS
  let fundingAt: number = nextFunding(startAt, fundingIntervalMs)
  const markets = [...venue.markets.values()]

  function all(at: number, act: (venue: Venue, market: Market) => void): void {
    venue.now = at as EpochMs
    for (const market of markets) act(venue, market)
  }

  return (now) => {
    for (;;) {
      let next = markets[0]!
      for (const market of markets) if (market.nextAt() < next.nextAt()) next = market
      const at = next.nextAt()
      const endAt = venue.agenda.nextAt()
      if (Math.min(at, markAt, fundingAt, endAt) > now) break
      if (endAt <= Math.min(at, markAt, fundingAt)) {
        venue.now = endAt as EpochMs
        venue.agenda.run(venue.now)
        for (const market of markets) settleDown(venue, market)
      } else if (fundingAt <= at && fundingAt <= markAt) {
        all(fundingAt, exchangeFunding)
        fundingAt += fundingIntervalMs
      } else if (markAt <= at) {
        all(markAt, restateMark)
        markAt += MARK_INTERVAL_MS
      } else {
        venue.now = at
        next.step()
        settleDown(venue, next)
      }
    }
    if (now > venue.now) venue.now = now
  }
}

function changeHolding(venue: Venue, symbol: string, ledger: Ledger, leverage: number): Outcome<number> {
  if (!venue.markets.has(symbol)) return refused('unknown-symbol', symbol)
  if (!Number.isInteger(leverage)) return refused('leverage-too-high', `${leverage}; it must be an integer`)
  const bad = ledger.money.setLeverage(symbol, leverage, claimsOf(ledger, venue.markets))
  if (bad) return refused(bad, `leverage ${leverage}`)
  venue.emit({ kind: 'leverage', account: ledger.account, at: venue.now, symbol, leverage })
  return { ok: true, value: leverage }
}

function changeMarginType(venue: Venue, symbol: string, ledger: Ledger, marginType: 'cross' | 'isolated') {
  if (!venue.markets.has(symbol)) return refused('unknown-symbol', symbol)
  const { money } = ledger
  const open = openOrders(venue, ledger.account, symbol).length > 0
  if (open && money.marginType(symbol) !== marginType) return refused('position-open', 'an order is open')
  const bad = money.setMarginType(symbol, marginType)
  if (bad) return refused(bad, marginType)
  return { ok: true, value: marginType } as const
}

/**
 * The exchange in memory. A call's `now` before the last one counts as the last one. One-way or hedge mode, cross or isolated; linear
 * contracts, one settle currency.
 */
export function createExchange(settings: ExchangeSettings): SimulatedExchange {
  validate(settings)
  const venue = createVenue(settings)
  const advance = clockwork(venue, settings)
  const currency = settings.markets[0]!.instrument.settle

  /** Brings the market to `now`, acts, and lets the consequences happen. */
  function at<T>(now: EpochMs, symbol: string, act: () => T): T {
    advance(now)
    const result = act()
    const market = venue.markets.get(symbol)
    if (market) settleDown(venue, market)
    return result
  }
  const marketOf = (symbol: string): Market => {
    const market = venue.markets.get(symbol)
    if (!market) throw new InputError(`symbol was ${symbol}; it must be a listed one`, { symbol })
    return market
  }
  const picked = <T extends { readonly symbol: string }>(rows: Iterable<T>, symbol?: string): T[] =>
    [...rows].filter((row) => symbol === undefined || row.symbol === symbol).map((row) => ({ ...row }))

  return {
    instruments: settings.markets.map(({ instrument }) => instrument),
    advance,
    drain: () => venue.drain(),
    place: (request, now) =>
      at(now, request.symbol, () => {
        const outcome = place(venue, request)
        return outcome.ok ? { ok: true, value: { ...outcome.value } } : outcome
      }),
    cancel: (account, symbol, id, now) => at(now, symbol, () => cancel(venue, account, symbol, id)),
    amend: (account, symbol, id, change, now) => at(now, symbol, () => amend(venue, account, symbol, id, change)),
    cancelAll: (account, symbol, now) =>
      at(now, symbol, () =>
        openOrders(venue, account, symbol).map((live) => {
          withdraw(venue, live, 'CANCELED')
          return { ...live.state }
        }),
      ),
    placeAlgo: (request, now) => at(now, request.symbol, () => placeAlgo(venue, request)),
    cancelAlgo: (account, id, now) => at(now, '', () => cancelAlgo(venue, account, id)),
    setLeverage: (account, symbol, leverage, now) =>
      at(now, symbol, () => changeHolding(venue, symbol, venue.ledgerOf(account), leverage)),
    setMarginType: (account, symbol, marginType, now) =>
      at(now, symbol, () => changeMarginType(venue, symbol, venue.ledgerOf(account), marginType)),
    setPositionMode: (account, hedged, now) => at(now, '', () => setPositionMode(venue, account, hedged)),
    moveMargin: (account, symbol, positionSide, amount, now) =>
      at(now, symbol, () => moveMargin(venue, account, symbol, positionSide, amount)),
    depth: (symbol, limit) => marketOf(symbol).depth(limit),
    findOrder(account, symbol, id) {
      const order = findOrder(venue, account, symbol, id)
      return order && { ...order }
    },
    orders: (account, symbol) => picked(venue.ledgerOf(account).orders.values(), symbol),
    algoOrders: (account, symbol) => picked(venue.ledgerOf(account).algos.values(), symbol),
    fills: (account, symbol) => picked(venue.ledgerOf(account).fills, symbol),
    account(account) {
      const ledger = venue.ledgerOf(account)
      return {
        currency,
        wallet: ledger.money.wallet(currency),
        crossWallet: ledger.money.crossWallet(currency),
        marginBalance: marginBalance(ledger).toFixed(),
        available: available(ledger, venue.markets).toFixed(),
        hedged: ledger.hedged,
        positions: [...venue.markets.keys()].flatMap((symbol) =>
          sidesOf(ledger).map((side) => positionView(ledger, symbol, side)),
        ),
      }
    },
    insuranceFund: () => venue.fund.balance,
    tiers: (symbol) => marketOf(symbol).tiers,
    mark: (symbol) => marketOf(symbol).mark.state,
  }
}
