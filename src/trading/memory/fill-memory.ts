import { check } from '../../core/check.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Journal } from '../journal.port.ts'
import type { FillRecord, OrderRecord } from '../journal-records.ts'
import { lastKeys } from './last-keys.ts'

interface FillMemory {
  readonly add: Journal['addFill']
  readonly find: Journal['fill']
  readonly since: Journal['fillsSince']
  readonly lastAt: Journal['lastFillAt']
  /** Gives the external fills of `venueId` whose client id `isFree` to `order`; returns their lots. */
  claim(
    symbol: InstrumentSymbol,
    venueId: string,
    order: Pick<OrderRecord, 'clientId' | 'origin'>,
    isFree: (clientId: string) => boolean,
  ): number
}

const keyOf = (symbol: InstrumentSymbol, id: string): string => `${symbol}\n${id}`

/** The last `max` fills, in the order they came. */
export function fillMemory(max: number): FillMemory {
  const fills = new Map<string, FillRecord>()
  const last = lastKeys(max)
  const newestAt = new Map<InstrumentSymbol, EpochMs>()
  /** Keys of external fills by instrument and venue id: an order that learns its venue id asks for them. */
  const external = new Map<string, Set<string>>()
  let forgottenUntil = Number.NEGATIVE_INFINITY

  function forget(key: string): void {
    const fill = fills.get(key)
    if (!fill) return
    forgottenUntil = Math.max(forgottenUntil, fill.at)
    fills.delete(key)
    dropExternal(fill, key)
  }
  function dropExternal({ symbol, venueId }: FillRecord, key: string): void {
    const group = external.get(keyOf(symbol, venueId))
    group?.delete(key)
    if (group?.size === 0) external.delete(keyOf(symbol, venueId))
  }

  return {
    add(fill) {
      const { symbol, tradeId, venueId, at } = fill
      const key = keyOf(symbol, tradeId)
      if (fills.has(key)) return false
      // Older than what is forgotten, it may be one that was booked before.
      check(at > forgottenUntil, `a fill younger than those forgotten, the last ${max} being kept`, at)
      fills.set(key, fill)
      if (at > (newestAt.get(symbol) ?? Number.NEGATIVE_INFINITY)) newestAt.set(symbol, at)
      if (fill.origin === 'external') {
        const group = external.get(keyOf(symbol, venueId))
        if (group) group.add(key)
        else external.set(keyOf(symbol, venueId), new Set([key]))
      }
      const oldest = last.push(key)
      if (oldest !== undefined) forget(oldest)
      return true
    },
    find: (symbol, tradeId) => fills.get(keyOf(symbol, tradeId)),
    since(since) {
      check(since > forgottenUntil, `fills since a time of which all are kept, the last ${max}`, since)
      return [...fills.values()]
        .filter(({ at, origin }) => at >= since && origin !== 'opening')
        .sort((a, b) => a.at - b.at)
    },
    lastAt: (symbol) => newestAt.get(symbol),
    claim(symbol, venueId, order, isFree) {
      let lots = 0
      for (const key of [...(external.get(keyOf(symbol, venueId)) ?? [])]) {
        const fill = fills.get(key)
        if (!fill || !isFree(fill.clientId)) continue
        fills.set(key, { ...fill, ...order })
        if (order.origin !== 'external') dropExternal(fill, key)
        lots += fill.lots
      }
      return lots
    },
  }
}
