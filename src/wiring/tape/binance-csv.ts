import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { InputError, messageOf } from '../../core/errors.ts'
import type { ImportedFrame } from './write-import.ts'

/** What a CSV file of data.binance.vision holds. */
type CsvKind = 'aggTrades' | 'bookTicker' | 'klines'

export interface BinanceCsv {
  readonly file: string
  readonly kind: CsvKind
  /** The venue's name, e.g. `BTCUSDT`. */
  readonly venueSymbol: string
  /** Of klines, e.g. `1m`. */
  readonly interval: string
}

/** Column names as published since 2022; older files have none. Spot aggTrades have an eighth column and no header. */
const HEADERS: Readonly<Record<CsvKind, string>> = {
  aggTrades: 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker',
  bookTicker: 'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time',
  klines:
    'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore',
}
/** As in `BTCUSDT-aggTrades-2024-08-08.csv` or `BTCUSDT-1m-2024-08.csv`. */
const FILE_NAME = /^([A-Z0-9_]+)-(aggTrades|bookTicker|\d{1,2}(?:s|m|h|d|w|mo))-\d{4}-\d{2}(?:-\d{2})?\.csv$/

/** From the file's name. Throws `InputError` for any other, and for archives. */
export function binanceCsv(file: string): BinanceCsv {
  const name = basename(file)
  if (/\.(zip|gz)$/.test(name))
    throw new InputError(`${file}: unpack it first; CSV files are read as they are`, { file })
  const [, venueSymbol, what] = FILE_NAME.exec(name) ?? []
  if (venueSymbol === undefined || what === undefined) {
    const rule =
      'keep the name that data.binance.vision gave it, e.g. BTCUSDT-aggTrades-2024-08-08.csv or BTCUSDT-1m-2024-08.csv'
    throw new InputError(`${file}: the name must tell symbol, kind and day: ${rule}`, { file })
  }
  const kind = what === 'aggTrades' || what === 'bookTicker' ? what : 'klines'
  return { file, kind, venueSymbol, interval: kind === 'klines' ? what : '' }
}

/** Rows as frames in today's wire shape, in the order of the file. The files hold no receive time: the exchange's stands for it. */
export async function* csvFrames(csv: BinanceCsv): AsyncGenerator<ImportedFrame> {
  const { file, kind } = csv
  const input = createReadStream(file)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  const columns = HEADERS[kind].split(',').length
  let line = 0
  try {
    for await (const text of lines) {
      line += 1
      if (text === '' || (line === 1 && isHeader(text, csv))) continue
      const cells = text.split(',')
      const at = { file, line, cells }
      if (cells.length !== columns && !(kind === 'aggTrades' && cells.length === columns + 1)) {
        throw fault(at, text, `a row of ${columns} columns: ${HEADERS[kind]}`)
      }
      yield frameOf(csv, at)
    }
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown
    throw new InputError(`${file}: a CSV file must be readable: ${messageOf(thrown)}`, { file }, thrown)
  } finally {
    lines.close()
    input.destroy()
  }
}

interface Row {
  readonly file: string
  readonly line: number
  readonly cells: readonly string[]
}

function isHeader(text: string, { file, kind }: BinanceCsv): boolean {
  if (/^\d/.test(text)) return false
  if (text === HEADERS[kind]) return true
  throw fault({ file, line: 1, cells: [] }, text, `the header of ${kind}: ${HEADERS[kind]}`)
}

function frameOf(csv: BinanceCsv, row: Row): ImportedFrame {
  switch (csv.kind) {
    case 'aggTrades':
      return aggTrade(csv, row)
    case 'bookTicker':
      return bookTicker(csv, row)
    case 'klines':
      return kline(csv, row)
  }
}

/** Fields: https://developers.binance.com, futures, aggregate trade streams. */
function aggTrade({ venueSymbol }: BinanceCsv, row: Row): ImportedFrame {
  const time = timeIn(row, 5)
  const isMaker = /^(true|false)$/i.exec(row.cells[6] ?? '')?.[0].toLowerCase()
  if (isMaker === undefined) throw fault(row, row.cells[6] ?? '', 'true or false')
  const [id, price, size, first, last] = [whole(row, 0), decimal(row, 1), decimal(row, 2), whole(row, 3), whole(row, 4)]
  return framed(
    venueSymbol,
    'aggTrade',
    time,
    `{"e":"aggTrade","E":${time.ms},"s":"${venueSymbol}","a":${id},"p":"${price}","q":"${size}",` +
      `"f":${first},"l":${last},"T":${time.ms},"m":${isMaker}}`,
  )
}

function bookTicker({ venueSymbol }: BinanceCsv, row: Row): ImportedFrame {
  const time = timeIn(row, 5)
  const sentAt = timeIn(row, 6)
  const [bid, bidSize, ask, askSize] = [decimal(row, 1), decimal(row, 2), decimal(row, 3), decimal(row, 4)]
  return framed(
    venueSymbol,
    'bookTicker',
    sentAt,
    `{"e":"bookTicker","u":${whole(row, 0)},"s":"${venueSymbol}","b":"${bid}","B":"${bidSize}","a":"${ask}","A":"${askSize}",` +
      `"T":${time.ms},"E":${sentAt.ms}}`,
  )
}

/** A closed candle: the venue's own, not trades that never were. */
function kline({ venueSymbol, interval }: BinanceCsv, row: Row): ImportedFrame {
  const opened = timeIn(row, 0)
  const closed = timeIn(row, 6)
  const values = [1, 4, 2, 3, 5].map((column) => decimal(row, column))
  const [open, close, high, low, volume] = values
  return framed(
    venueSymbol,
    `kline_${interval}`,
    closed,
    `{"e":"kline","E":${closed.ms},"s":"${venueSymbol}","k":{"t":${opened.ms},"T":${closed.ms},"s":"${venueSymbol}",` +
      `"i":"${interval}","o":"${open}","c":"${close}","h":"${high}","l":"${low}","v":"${volume}","n":${whole(row, 8)},` +
      `"x":true,"q":"${decimal(row, 7)}","V":"${decimal(row, 9)}","Q":"${decimal(row, 10)}"}}`,
  )
}

const framed = (venueSymbol: string, stream: string, { ns }: CsvTime, data: string): ImportedFrame => ({
  ns,
  text: `{"stream":"${venueSymbol.toLowerCase()}@${stream}","data":${data}}`,
})

interface CsvTime {
  /** Whole milliseconds, digits. */
  readonly ms: string
  readonly ns: string
}

/** Milliseconds; in spot files since 2025 microseconds. */
function timeIn(row: Row, column: number): CsvTime {
  const digits = row.cells[column] ?? ''
  if (!/^\d{13}(\d{3})?$/.test(digits)) throw fault(row, digits, 'a time of 13 (ms) or 16 (µs) digits')
  return { ms: digits.slice(0, 13), ns: digits.padEnd(19, '0') }
}

function decimal(row: Row, column: number): string {
  const text = row.cells[column] ?? ''
  if (!/^\d{1,15}(\.\d{1,12})?$/.test(text)) throw fault(row, text, `a decimal in column ${column + 1}`)
  return text
}

function whole(row: Row, column: number): string {
  const text = row.cells[column] ?? ''
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) throw fault(row, text, `a whole number in column ${column + 1}`)
  return text
}

const fault = ({ file, line }: Row, value: string, rule: string): InputError =>
  new InputError(`${file}, line ${line}: ${JSON.stringify(value.slice(0, 120))}; it must be ${rule}`, { file, line })
