import { TransientError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { Fill } from '../../core/order.ts'
import type { EpochMs } from '../../core/units.ts'
import { fillOf } from './account-codec.ts'
import { type Fields, idIn, rowsOf, timeIn } from './json-fields.ts'

interface FillHistoryOptions {
  /** One page of `GET /fapi/v1/userTrades`, ascending by id. */
  page(params: Readonly<Record<string, string | number>>): Promise<unknown>
  /** Client id of an order; empty when the venue has forgotten the order. */
  clientIdOf(venueId: string): Promise<string>
  readonly convert: Converter
  readonly since: EpochMs
  /** Venue clock. */
  readonly now: EpochMs
}

const ROWS_MAX = 1_000
/** The endpoint's longest window. */
const WINDOW_MS = 7 * 86_400_000
/** Half a million fills. */
const PAGES_MAX = 500

/** All fills since `since`, ascending by time, each once. Windows of seven days; a full page is continued by id. */
export async function fillHistory(options: FillHistoryOptions): Promise<readonly Fill[]> {
  const { convert, now } = options
  const symbol = convert.instrument.venueSymbol
  const rows = new Map<string, Fields>()
  let pages = 0
  const load = async (params: Readonly<Record<string, string | number>>): Promise<readonly Fields[]> => {
    pages += 1
    if (pages > PAGES_MAX) throw new TransientError(`${symbol}: more than ${PAGES_MAX} pages of fills; ask for less`)
    const page = rowsOf(await options.page({ symbol, limit: ROWS_MAX, ...params }), 'userTrades')
    for (const row of page) rows.set(idIn(row, 'id'), row)
    return page
  }
  for (let startTime = Math.floor(options.since); startTime <= now; ) {
    const endTime = startTime + WINDOW_MS - 1
    let page = await load({ startTime, endTime })
    startTime = endTime + 1
    while (page.length >= ROWS_MAX) {
      const last = page.at(-1)!
      // By id, since a full page may end within one millisecond.
      startTime = timeIn(last, 'time') + 1
      page = await load({ fromId: String(BigInt(idIn(last, 'id')) + 1n) })
    }
    const last = page.at(-1)
    if (last !== undefined) startTime = Math.max(startTime, timeIn(last, 'time') + 1)
  }
  const clientIds = new Map<string, string>()
  const fills: Fill[] = []
  for (const row of rows.values()) {
    const venueId = idIn(row, 'orderId')
    const clientId = clientIds.get(venueId) ?? (await options.clientIdOf(venueId))
    clientIds.set(venueId, clientId)
    fills.push(fillOf(row, clientId, convert))
  }
  return fills.sort((a, b) => a.at - b.at || compareIds(a.tradeId, b.tradeId))
}

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
