import Big from 'big.js'
import type { Clock } from '../core/clock.port.ts'
import { messageOf, TransientError } from '../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../core/instrument.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import { epochMs } from '../core/units.ts'
import type { Journal } from './journal.port.ts'
import type { Ledger } from './ledger.ts'
import type { AccountSnapshot, OrderGateway } from './order-gateway.port.ts'
import { NAMELESS } from './order-store.ts'
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
        last = await reconcileOnce(parts)
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

/** So much older than the first look at the account are the oldest fills of the ledger: its clock and that of fills may differ. */
const OPENING_MS = 600_000

async function reconcileOnce(parts: Parts): Promise<Round> {
  const { gateway, book, journal, instruments } = parts
  const symbols = instruments.map(({ symbol }) => symbol)
  for (const instrument of instruments) if (!book.position(instrument.symbol)) await meet(parts, instrument)
  await resolveUnanswered(parts)
  const before = await gateway.snapshot(symbols)
  await alignOrders(parts, before)
  let fillsFound = 0
  for (const symbol of symbols) fillsFound += await fetchFills(parts, symbol)
  // Asked again: the fills just booked may be younger than the first answer.
  const now = fillsFound > 0 ? await gateway.snapshot(symbols) : before
  const mismatches = [...comparePositions(parts, now), ...compareBalances(parts, now)]
  if (mismatches.length === 0) for (const symbol of symbols) markMatched(journal, symbol)
  return { mismatches, fillsFound }
}

/** First meeting with an instrument: the same fills on both sides of the snapshot prove that none happened around it. */
async function meet({ gateway, book, clock, settings }: Parts, { symbol, tickSize }: Instrument): Promise<void> {
  // By the venue's clock where it is behind: fills are stamped by it, and one from before the ledger is not booked.
  const { positions } = await gateway.snapshot([symbol])
  const firstLookAt = Math.min(clock.now(), ...positions.map(({ updatedAt }) => updatedAt))
  const openedAt = epochMs(Math.max(0, firstLookAt - OPENING_MS))
  for (let attempt = 0; attempt < settings.roundsMax; attempt++) {
    const known = await gateway.fillsSince(symbol, openedAt)
    const snapshot = await gateway.snapshot([symbol])
    const after = await gateway.fillsSince(symbol, openedAt)
    const position = snapshot.positions.find((report) => report.symbol === symbol)
    if (!position) throw new TransientError(`${symbol}: the venue's snapshot has no position of it`, { symbol })
    if (known.length !== after.length) continue
    for (const balance of snapshot.balances) if (!book.wallets.balance(balance.currency)) book.wallets.open(balance)
    const { lots, updatedAt } = position
    const entryTicks = lots === 0 ? '0' : new Big(position.entryPrice).div(tickSize).round(12).toFixed()
    const opening = { symbol, lots, openingLots: lots, entryTicks, openedAt, realised: '0', fees: '0', updatedAt }
    return book.open(opening, after)
  }
  throw new TransientError(`${symbol}: fills kept coming while the account was first read`, { symbol })
}

async function resolveUnanswered({ book, probe, inFlight }: Parts): Promise<void> {
  const lost = book.orders.open().filter(({ origin, state, clientId }) => {
    return origin === 'own' && (state === 'intended' || state === 'unknown') && !inFlight(clientId)
  })
  await Promise.all(lost.map(({ clientId }) => probe(clientId)))
}

async function alignOrders({ book, probe }: Parts, snapshot: AccountSnapshot): Promise<void> {
  const listed = new Set(snapshot.openOrders.flatMap(({ clientId, venueId }) => [clientId, venueId]))
  for (const report of snapshot.openOrders) book.report(report)
  for (const { clientId, venueId, state, origin } of book.orders.open()) {
    if ((state !== 'open' && state !== 'partial') || listed.has(clientId) || listed.has(venueId ?? clientId)) continue
    // Asked also of an external one: it may be younger than the snapshot.
    if (origin === 'own' || !clientId.startsWith(NAMELESS)) await probe(clientId)
    else book.apply(clientId, { kind: 'absent' }, { detail: 'no longer open at the venue' })
  }
}

const matchedKey = (symbol: InstrumentSymbol): string => `matched-until:${symbol}`

/** Every fill up to the newest one is in the ledger: the next fetch need not look further back. */
function markMatched(journal: Journal, symbol: InstrumentSymbol): void {
  const until = journal.lastFillAt(symbol)
  if (until !== undefined && journal.meta(matchedKey(symbol)) !== String(until)) {
    journal.setMeta(matchedKey(symbol), String(until))
  }
}

async function fetchFills({ gateway, book, journal, settings }: Parts, symbol: InstrumentSymbol): Promise<number> {
  const openedAt = book.position(symbol)?.openedAt ?? 0
  const matchedUntil = Number(journal.meta(matchedKey(symbol)) ?? openedAt)
  const since = epochMs(Math.max(openedAt, matchedUntil - settings.fillOverlapMs))
  const fills = await gateway.fillsSince(symbol, since)
  return fills.filter((fill) => book.fill(fill) === 'applied').length
}

function comparePositions({ book }: Parts, { positions }: AccountSnapshot): Mismatch[] {
  return positions.flatMap(({ symbol, lots }) => {
    const ours = book.position(symbol)
    if (!ours || ours.lots === lots) return []
    return [{ what: 'position' as const, of: symbol, ours: String(ours.lots), theirs: String(lots) }]
  })
}

function compareBalances({ book, settings }: Parts, { balances }: AccountSnapshot): Mismatch[] {
  return balances.flatMap((report) => {
    const ours = book.wallets.balance(report.currency)?.wallet
    if (ours === undefined) {
      book.wallets.open(report)
      return []
    }
    book.wallets.seen(report)
    if (new Big(report.wallet).minus(ours).abs().lte(settings.balanceTolerance)) return []
    return [{ what: 'balance' as const, of: report.currency, ours, theirs: report.wallet }]
  })
}

/** Funding and transfers that nobody told us of. Not while a position differs: its fills will explain the money too. */
function bookUnexplained({ book, clock }: Parts, mismatches: readonly Mismatch[]): void {
  if (mismatches.some(({ what }) => what === 'position')) return
  for (const { of: currency, ours, theirs } of mismatches) {
    const amount = new Big(theirs).minus(ours).toFixed()
    book.cash({ currency, amount, reason: 'unexplained', at: clock.now() })
  }
}
