import Big from 'big.js'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Lots, Ticks } from '../../core/units.ts'
import { type BookOrder, CROWD } from '../matching/book-side.ts'
import type { MatchEvents } from '../matching/matching-book.ts'
import { openMoney } from './account-mode.ts'
import { createAgenda } from './agenda.ts'
import type { AccountId } from './exchange.ts'
import type { ExchangeOutput } from './exchange-output.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { InsuranceFund } from './insurance-fund.ts'
import { type Ledger, ledger } from './ledger.ts'
import { createMarket, type Market } from './market.ts'
import { settle } from './settle.ts'
import { closable, endOrder, type Venue } from './venue.ts'

/** Far more than the demo's markets can lose. */
const INSURANCE_FUND = '1000000'

/** Outputs between two drains. Beyond it somebody forgot to drain: some hours of a busy market. */
const OUTPUTS_MAX = 20_000_000

/** Mixes the seed with the instrument's index (splitmix32 finaliser): neighbouring seeds give unlike markets. */
function seedOf(seed: number, index: number): number {
  let mixed = (seed + Math.imul(index + 1, 0x9e3779b9)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function bookEvents(venue: Venue, market: Market): Omit<MatchEvents, 'left'> {
  const { symbol } = market.instrument
  return {
    fill(maker, taker, size) {
      market.tradeId += 1
      market.lastTicks = maker.price
      const price = maker.price as Ticks
      venue.emit({
        kind: 'trade',
        symbol,
        at: venue.now,
        tradeId: market.tradeId,
        price,
        size: size as Lots,
        side: taker.side,
        takerOrderId: taker.id,
      })
      const settled = (order: BookOrder, isMaker: boolean): void => {
        if (order.owner === CROWD) return
        settle(venue, market, venue.live.get(order.id)!, { price, size: size as Lots, maker: isMaker })
      }
      settled(maker, true)
      settled(taker, false)
    },
    level(side, price, total) {
      market.updateId += 1
      venue.emit({
        kind: 'level',
        symbol,
        at: venue.now,
        updateId: market.updateId,
        side,
        price: price as Ticks,
        size: total,
      })
    },
    expired: (maker, cause) =>
      endOrder(venue, venue.live.get(maker.id)!, cause === 'self-trade' ? 'EXPIRED_IN_MATCH' : 'EXPIRED'),
    capacity: (order) => closable(venue, order.owner, symbol, order.side),
  }
}

export function createVenue(settings: ExchangeSettings): Venue {
  let outputs: ExchangeOutput[] = []
  let orderId = 0
  let algoId = 0
  const markets = new Map<InstrumentSymbol, Market>()
  const ledgers = new Map<AccountId, Ledger>()
  const currency = settings.markets[0]?.instrument.settle
  const venue: Venue = {
    now: settings.startAt,
    markets,
    ledgers,
    live: new Map(),
    agenda: createAgenda(),
    fund: new InsuranceFund(settings.insuranceFund ?? INSURANCE_FUND, (output) => venue.emit(output)),
    ledgerOf(account) {
      let known = ledgers.get(account)
      if (!known) {
        check(account !== CROWD, 'a named account', account)
        known = ledger(account, openMoney(markets, settings.deposit), venue.now)
        ledgers.set(account, known)
        const wallet = new Big(settings.deposit).toFixed()
        const { now: at } = venue
        const amounts = { wallet, crossWallet: wallet, walletChange: wallet }
        venue.emit({ kind: 'account', account, at, reason: 'DEPOSIT', ...amounts, positions: [] })
      }
      return known
    },
    emit(output) {
      check(outputs.length < OUTPUTS_MAX, 'outputs waiting for drain', outputs.length)
      outputs.push(output)
    },
    drain() {
      const drained = outputs
      outputs = []
      return drained
    },
    nextOrderId: () => ++orderId,
    nextAlgoId: () => ++algoId,
  }
  for (const [index, market] of settings.markets.entries()) {
    const { symbol, settle: settleCurrency } = market.instrument
    if (markets.has(symbol)) throw new InputError(`markets: ${symbol} is listed twice; each may be once`, { symbol })
    if (settleCurrency !== currency) {
      throw new InputError(`markets: ${symbol} settles in ${settleCurrency}; all must settle in ${currency}`, {
        symbol,
      })
    }
    const context = {
      seed: seedOf(settings.seed, index),
      startAt: settings.startAt,
      fundingIntervalMs: settings.fundingIntervalMs,
      nextOrderId: venue.nextOrderId,
      events: (made: Market) => bookEvents(venue, made),
    }
    markets.set(symbol, createMarket(market, context))
  }
  return venue
}
