import Big from 'big.js'
import type { Clock } from '../core/clock.port.ts'
import { messageOf, TransientError } from '../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../core/instrument.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import { type EpochMs, epochMs } from '../core/units.ts'
import type { Journal } from './journal.port.ts'
import type { Ledger } from './ledger.ts'
import type { AccountSnapshot, OrderGateway } from './order-gateway.port.ts'
import type { Mismatch, ReconcileReason, ReconcileReport } from './trader-event.ts'
import type { TraderSettings } from './trader-settings.ts'

interface Parts {
  readonly gateway: OrderGateway
  readonly journal: Journal
  readonly book: Ledger
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly settings: TraderSettings
  readonly instruments: readonly Instrument[]
  readonly signal: AbortSignal
  probe(clientId: string): Promise<boolean>
  /** An order whose answer this process still waits for: it settles by itself. */
  inFlight(clientId: string): boolean
}

interface Round {
  readonly mismatches: readonly Mismatch[]
  readonly fillsFound: number
}

/**
 * Makes ledger and venue agree: orders, fills, positions, balances, in this order. The one path for first start, crash recovery,
 * reconnect and routine. Differences are looked at again `roundsMax` times, since the account may move between two answers;
 * a wallet difference that stays is booked as `unexplained` cash, a position difference that stays is reported.
 */
export function reconciler(parts: Parts): (reason: ReconcileReason) => Promise<ReconcileReport> {
  const { book, scheduler, settings, signal } = parts
  return async (reason) => {
    let fillsFound = 0
    let cause = ''
    let last: Round | undefined
    for (let round = 0; round < settings.roundsMax && !signal.aborted; round++) {
      if (round > 0) await scheduler.sleep(Math.min(settings.settleMs * 2 ** (round - 1), 10_000), signal)
      try {
        last = await reconcileOnce(parts, round > 0)
        fillsFound += last.fillsFound
        cause = ''
        if (last.mismatches.length === 0) break
      } catch (error) {
        if (!(error instanceof TransientError)) throw error
        cause = messageOf(error)
      }
    }
    const answered = last !== undefined && cause === ''
    const mismatches = last?.mismatches ?? []
    if (answered) bookUnexplained(parts, mismatches)
    return {
      reason,
      answered,
      positionMatches: answered && mismatches.every(({ what }) => what !== 'position'),
      balanceMatches: answered && mismatches.every(({ what }) => what !== 'balance'),
      fillsFound,
      ordersUnknown: book.orders.open().filter(({ state }) => state === 'unknown' || state === 'intended').length,
      mismatches,
      cause,
    }
  }
}

async function reconcileOnce(parts: Parts, thorough: boolean): Promise<Round> {
  const { gateway, book, instruments } = parts
  const symbols = instruments.map(({ symbol }) => symbol)
  for (const symbol of symbols) if (!book.position(symbol)) await meet(parts, symbol)
  await resolveUnanswered(parts)
  const before = await gateway.snapshot(symbols)
  await alignOrders(parts, before)
  let fillsFound = 0
  for (const symbol of symbols) fillsFound += await fetchFills(parts, symbol, thorough)
  // Asked again: the fills just booked may be younger than the first answer.
  const now = fillsFound > 0 ? await gateway.snapshot(symbols) : before
  return { mismatches: [...comparePositions(parts, now), ...compareBalances(parts, now)], fillsFound }
}

/** First meeting with an instrument: fills on both sides of the snapshot prove that no fill happened around it. */
async function meet({ gateway, book, clock, settings }: Parts, symbol: InstrumentSymbol): Promise<void> {
  const openedAt = epochMs(Math.max(0, clock.now() - settings.fillOverlapMs))
  for (let attempt = 0; attempt < settings.roundsMax; attempt++) {
    const known = await gateway.fillsSince(symbol, openedAt)
    const snapshot = await gateway.snapshot([symbol])
    const after = await gateway.fillsSince(symbol, openedAt)
    const position = snapshot.positions.find((report) => report.symbol === symbol)
    if (!position) throw new TransientError(`${symbol}: the venue's snapshot has no position of it`, { symbol })
    if (known.length !== after.length) continue
    for (const balance of snapshot.balances) if (!book.wallets.balance(balance.currency)) book.wallets.open(balance)
    const entryTicks = position.lots === 0 ? '0' : entryTicksOf(position.entryPrice)
    const opening = { symbol, lots: position.lots, openingLots: position.lots, entryTicks, openedAt }
    return book.open({ ...opening, realised: '0', fees: '0', updatedAt: position.updatedAt }, after)
  }
  throw new TransientError(`${symbol}: fills kept coming while the account was first read`, { symbol })
}
