import type { InputError } from '../../core/errors.ts'
import { badFile, type Role, type TableShape, type WantedColumn } from './table.ts'

/** Which columns of a file are read, and in what its times are. */
export interface Layout {
  readonly name: string
  /** Of times that are plain numbers. `ms or µs`: told apart row by row, by size. */
  readonly timeUnit: 'ms' | 'ms or µs'
  readonly columns: readonly WantedColumn[]
}

/** `null`: known and not needed. */
interface Header {
  readonly name: string
  readonly timeUnit: Layout['timeUnit']
  readonly columns: Readonly<Record<string, Role | null>>
}

const OHLCV = { open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' } as const
const UNREAD_OHLCV = { open: null, high: null, low: null, close: null, volume: null }

/** In each layout the time stands first, and its name tells the layouts of a family apart; headless ones go by their width. */
const PLAIN: Header = { name: 'plain', timeUnit: 'ms', columns: { ts: 'time', ...OHLCV } }
/** Docs: https://www.freqtrade.io/en/stable/data-download/; in its code `DEFAULT_DATAFRAME_COLUMNS`. */
const FREQTRADE: Header = { name: 'freqtrade', timeUnit: 'ms', columns: { date: 'time', ...OHLCV } }
/** https://docs.ccxt.com/#/README?id=ohlcv-structure */
const CCXT: Header = { name: 'ccxt', timeUnit: 'ms', columns: { timestamp: 'time', ...OHLCV } }
/** https://github.com/binance/binance-public-data/#klines: spot files are in microseconds since 2025-01-01. */
const BINANCE: Header = {
  name: 'Binance klines',
  timeUnit: 'ms or µs',
  columns: {
    open_time: 'time',
    ...OHLCV,
    close_time: null,
    quote_volume: 'quoteVolume',
    count: 'tradeCount',
    taker_buy_volume: 'takerBuyVolume',
    taker_buy_quote_volume: null,
    ignore: null,
  },
}
const RATES: Header = { name: 'plain funding', timeUnit: 'ms', columns: { ts: 'time', rate: 'rate' } }
const BINANCE_RATES: Header = {
  name: 'Binance fundingRate',
  timeUnit: 'ms or µs',
  columns: { calc_time: 'time', funding_interval_hours: null, last_funding_rate: 'rate' },
}
/** freqtrade keeps the rate where candles have their open price. */
const FREQTRADE_RATES: Header = {
  name: 'freqtrade funding_rate',
  timeUnit: 'ms',
  columns: { date: 'time', ...UNREAD_OHLCV, open: 'rate' },
}

const CANDLES = { what: 'candles', headers: [PLAIN, FREQTRADE, CCXT, BINANCE], headless: [CCXT, BINANCE] }
const FUNDING = {
  what: 'funding',
  headers: [RATES, BINANCE_RATES, FREQTRADE_RATES],
  headless: [RATES, BINANCE_RATES, FREQTRADE_RATES],
}
type Family = typeof CANDLES

/** Recognises a file of candles by its columns. Throws `InputError` that names the column which does not fit, and what is known. */
export const candleLayout = (shape: TableShape): Layout => recognise(shape, CANDLES)

/** A file of funding rates. */
export const fundingLayout = (shape: TableShape): Layout => recognise(shape, FUNDING)

/** Mark prices come in the layouts of candles; only their close is read (volumes are zero or absent). */
export function markLayout(shape: TableShape): Layout {
  const layout = candleLayout(shape)
  return { ...layout, columns: layout.columns.filter(({ role }) => role === 'time' || role === 'close') }
}

function recognise(shape: TableShape, family: Family): Layout {
  const { names, width } = shape
  if (names === undefined) {
    const header = family.headless.find(({ columns }) => Object.keys(columns).length === width)
    if (header === undefined) throw unknownShape(shape, family, `${width} columns without a header`)
    return layoutOf(header, Object.keys(header.columns))
  }
  const header = family.headers.find(({ columns }) => names.includes(Object.keys(columns)[0]!))
  if (header === undefined) throw unknownShape(shape, family, `columns ${names.join(', ')}`)
  requireExactly(shape, names, header)
  return layoutOf(header, names)
}

function layoutOf({ name, timeUnit, columns }: Header, names: readonly string[]): Layout {
  const wanted = names.flatMap((name, at) => {
    const role = columns[name]
    return role ? [{ role, at, name }] : []
  })
  return { name, timeUnit, columns: wanted }
}

function requireExactly({ file }: TableShape, names: readonly string[], header: Header): void {
  const known = Object.keys(header.columns)
  const layout = `the ${header.name} layout has ${known.join(', ')}`
  const extra = names.find((name, at) => !Object.hasOwn(header.columns, name) || names.indexOf(name) !== at)
  if (extra !== undefined) {
    const fault = Object.hasOwn(header.columns, extra) ? 'there twice' : 'unknown'
    throw badFile(file, `column ${JSON.stringify(extra)} is ${fault}; ${layout}`)
  }
  const missing = known.find((name) => !names.includes(name))
  if (missing !== undefined) throw badFile(file, `column ${JSON.stringify(missing)} is missing; ${layout}`)
}

function unknownShape({ file }: TableShape, { what, headers, headless }: Family, found: string): InputError {
  const named = headers.map(({ name, columns }) => `${name} (${Object.keys(columns).join(', ')})`)
  const widths = headless.map(({ name, columns }) => `${Object.keys(columns).length} (${name})`)
  return badFile(
    file,
    `${found} are no known layout of ${what}; known are ${named.join('; ')}; without a header: ${widths.join(', ')} columns`,
  )
}
