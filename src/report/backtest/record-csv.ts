import type { BacktestRecord, RoundTrip } from './record.ts'
import { utcIso, utcIsoSeries } from './utc-text.ts'

const LINES_PER_CHUNK = 2_000

const TRADE_COLUMNS: readonly (readonly [name: string, value: (trip: RoundTrip) => string | number])[] = [
  ['openedAt', ({ openedAt }) => utcIso(openedAt)],
  ['closedAt', ({ closedAt }) => utcIso(closedAt)],
  ['symbol', ({ symbol }) => symbol],
  ['side', ({ side }) => side],
  ['lotsMax', ({ lotsMax }) => lotsMax],
  ['entryPrice', ({ entryPrice }) => entryPrice],
  ['exitPrice', ({ exitPrice }) => exitPrice],
  ['entryValue', ({ entryValue }) => entryValue],
  ['grossPnl', ({ grossPnl }) => grossPnl],
  ['fees', ({ fees }) => fees],
  ['funding', ({ funding }) => funding],
  ['slippage', ({ slippage }) => slippage],
  ['netPnl', ({ netPnl }) => netPnl],
  ['mae', ({ mae }) => mae],
  ['mfe', ({ mfe }) => mfe],
  ['bars', ({ bars }) => bars],
  ['exitReason', ({ exitReason }) => exitReason],
  ['modelId', ({ modelId }) => modelId],
]

/** Every round trip, one a line, in pieces; numbers in full precision. */
export function* tradesCsv({ trips }: BacktestRecord): Generator<string> {
  yield `${TRADE_COLUMNS.map(([name]) => name).join(',')}\n`
  yield* inChunks(trips.length, (at) => TRADE_COLUMNS.map(([, value]) => field(value(trips[at]!))).join(','))
}

/** `at,equity,exposure`, one line for each moment at which bars closed, in pieces. */
export function* equityCsv({ equity }: BacktestRecord): Generator<string> {
  yield 'at,equity,exposure\n'
  const iso = utcIsoSeries()
  const money = numberText()
  const held = numberText()
  yield* inChunks(
    equity.at.length,
    (at) => `${iso(equity.at[at]!)},${money(equity.equity[at]!)},${held(equity.exposure[at]!)}`,
  )
}

function* inChunks(lines: number, line: (at: number) => string): Generator<string> {
  for (let from = 0; from < lines; from += LINES_PER_CHUNK) {
    const until = Math.min(lines, from + LINES_PER_CHUNK)
    let text = ''
    for (let at = from; at < until; at += 1) text += `${line(at)}\n`
    yield text
  }
}

/** Texts of numbers that often stay the same from one line to the next: writing one takes long. */
function numberText(): (value: number) => string {
  let last = Number.NaN
  let text = ''
  return (value) => {
    if (value !== last) text = String(value)
    last = value
    return text
  }
}

const field = (value: string | number): string =>
  typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value)
