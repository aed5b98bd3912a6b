import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Table, tableFromIPC } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { readSession } from '../../../src/adapters/tape/read-session.ts'
import { tapeExportCommand } from '../../../src/wiring/commands/tape-export.ts'
import { type TapeImportOptions, tapeImportCommand } from '../../../src/wiring/commands/tape-import.ts'
import { tapeInfo } from '../../../src/wiring/tape/tape-info.ts'
import { verifyTapes } from '../../../src/wiring/tape/verify-tapes.ts'
import { tapeFolder, wholeTape } from '../../adapters/tape/tape-folder.ts'
import { realTape } from '../../market/real-tapes.ts'
import { fakeIo } from '../commands/fake-io.ts'
import { delta, gap, type Line, START, SYMBOL, session, snapshot, trade, whole, writeLines } from './sample-tape.ts'

const folder = tapeFolder()
const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(folder.at(name), content)
  return folder.at(name)
}

async function imported(options: Omit<TapeImportOptions, 'json'>): Promise<Record<string, unknown>> {
  const { io, out } = fakeIo()
  expect(await tapeImportCommand({ ...options, json: true }, io)).toBe(0)
  return JSON.parse(out.at(-1) ?? '') as Record<string, unknown>
}

/** As the collector writes it: no session, no control lines; here with µs. */
const foreign = (lines: readonly Line[]): string =>
  lines
    .filter(([, json]) => !json.includes('tickwright@'))
    .map(([ms, json]) => `${START + ms}007 ${json}\n`)
    .join('')

describe('import of collector files', () => {
  test('frames as they are, times with all digits, a session line', async () => {
    const text = foreign(whole)
    const file = await put('collected.gz', gzipSync(text))
    const out = folder.at('imported.gz')
    const summary = await imported({ from: 'hftbacktest', in: [file], out })
    expect(summary).toMatchObject({ frames: 10, venueId: 'binanceusdm', symbols: [SYMBOL] })
    const [first, ...lines] = gunzipSync(await readFile(out))
      .toString('utf8')
      .trimEnd()
      .split('\n')
    expect(first).toContain('"kind":"session"')
    expect(lines.map((line) => line.replace('007000 ', '007 '))).toEqual(text.trimEnd().split('\n'))
    expect(await readSession(out)).toMatchObject({
      mode: 'import',
      instruments: [{ tickSize: '0.1', lotSize: '0.01' }],
    })
    expect(await verifyTapes([out])).toMatchObject({ whole: true, trades: 3 })
    await expect(imported({ from: 'hftbacktest', in: [file], out })).rejects.toThrow(/never overwritten/)
    await expect(imported({ from: 'hftbacktest', in: [out], out: folder.at('again.gz') })).rejects.toThrow(
      /needs no import/,
    )
  })

  test('a file that breaks off in the middle leaves nothing behind', async () => {
    const out = folder.at('nothing.gz')
    const file = await put('bad.txt', `${foreign(whole)}oops\n${foreign(whole)}`)
    await expect(imported({ from: 'hftbacktest', in: [file], out })).rejects.toThrow(/line 11/)
    expect(existsSync(out)).toBe(false)
  })

  const names = ['binance-usdm-btcusdt-20230404.gz', 'binance-usdm-btcusdt-20230405.gz']
  test.skipIf(realTape(names[0]!).absent)('a real chain becomes one tape that says the same', async () => {
    const files = names.map((name) => realTape(name).file)
    const out = folder.at('real.gz')
    await imported({ from: 'hftbacktest', in: files, out })
    const [before, after] = [await tapeInfo(files), await tapeInfo([out])]
    expect({ ...after, counts: { ...after.counts, session: undefined } }).toEqual({
      ...before,
      ...{ files: after.files, bytes: after.bytes, lines: before.lines + 1 },
      counts: { ...before.counts, session: undefined },
    })
  })
})

const AGG = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker'
const TICKER = 'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time'
const KLINES =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore'
const aggRows = `1,100.2,0.010,1,1,${START + 100},true\n2,100.4,0.030,2,3,${START + 300},false\n`

describe('import of Binance public data', () => {
  test.each([
    ['with a header', 'BTCUSDT-aggTrades-2023-11-14.csv', `${AGG}\n${aggRows}`],
    ['without one', 'BTCUSDT-aggTrades-2023-11-15.csv', aggRows],
    ['with the line ends of Windows', 'BTCUSDT-aggTrades-2023-11.csv', `${AGG}\n${aggRows}`.replaceAll('\n', '\r\n')],
  ])('trades and quotes %s, merged by time', async (name, file, content) => {
    const out = folder.at(`csv ${name}.gz`)
    const quotes = `${TICKER}\n7,100.0,1.000,100.2,2.000,${START + 199},${START + 200}\n`
    const inputs = [await put(file, content), await put('BTCUSDT-bookTicker-2023-11-14.csv', quotes)]
    expect(await imported({ from: 'binance-csv', in: inputs, out })).toMatchObject({ frames: 3, symbols: [SYMBOL] })
    const { frames } = await wholeTape(out)
    expect(frames.slice(1).map(({ receivedAt }) => receivedAt - START)).toEqual([100, 200, 300])
    expect(await tapeInfo([out])).toMatchObject({
      ...{ inferred: true, counts: { session: 1, trade: 2, quote: 1 }, venueId: 'binanceusdm' },
      instruments: [{ tickSize: '0.2', lotSize: '0.01' }],
    })
    expect(await verifyTapes([out])).toMatchObject({ whole: true })
  })

  test('spot: eight columns, microseconds', async () => {
    const rows = `5,1.214,10.5,5,5,${START + 1}250,True,True\n6,1.215,1.0,6,6,${START + 2}500,False,True\n`
    const out = folder.at('spot.gz')
    const file = await put('NEXOUSDT-aggTrades-2025-01-01.csv', rows)
    expect(await imported({ from: 'binance-csv', in: [file], out, market: 'spot' })).toMatchObject({
      venueId: 'binance',
    })
    const { frames } = await wholeTape(out)
    expect(frames.slice(1).map(({ receivedAt }) => receivedAt - START)).toEqual([1.25, 2.5])
    expect((await tapeInfo([out])).counts).toMatchObject({ trade: 2 })
  })

  test('klines stay candles: no trade is invented, and the export gives them back', async () => {
    const row = `${START},100.1,101.0,99.9,100.5,12.345,${START + 59_999},1234.5,77,6.0,600.1,0\n`
    const out = folder.at('klines.gz')
    await imported({ from: 'binance-csv', in: [await put('BTCUSDT-1m-2023-11.csv', `${KLINES}\n${row}`)], out })
    expect((await tapeInfo([out])).counts).toEqual({ session: 1, ignored: 1 })
    const { table } = await exported('klines', [out])
    expect(table.toArray().map((each) => each.toJSON())).toEqual([
      {
        ...{ start_at: START, end_at: START + 60_000, interval: '1m', open: 100.1, high: 101, low: 99.9, close: 100.5 },
        ...{ volume: 12.345, quote_volume: 1234.5, buy_volume: 6, buy_quote_volume: 600.1, trade_count: 77n },
      },
    ])
  })

  test.each<[string, string, string, RegExp]>([
    ['an archive', 'BTCUSDT-1m-2023-11.zip', 'PK', /unpack it first/],
    ['a name that tells nothing', 'trades.csv', aggRows, /the name must tell symbol, kind and day/],
    [
      'another header',
      'BTCUSDT-aggTrades-2023-11-16.csv',
      `a,b\n${aggRows}`,
      /line 1: "a,b"; it must be the header of aggTrades/,
    ],
    [
      'a missing column',
      'BTCUSDT-aggTrades-2023-11-17.csv',
      '1,2,3\n',
      /line 1: "1,2,3"; it must be a row of 7 columns/,
    ],
    [
      'a price that is none',
      'BTCUSDT-aggTrades-2023-11-18.csv',
      `${aggRows}${aggRows.replace('100.2', '1e308')}`,
      /line 3: "1e308"; it must be a decimal in column 2/,
    ],
    ['a time in seconds', 'BTCUSDT-aggTrades-2023-11-19.csv', '1,1,1,1,1,1700000000,true\n', /13 \(ms\) or 16/],
    ['neither true nor false', 'BTCUSDT-aggTrades-2023-11-20.csv', `1,1,1,1,1,${START},yes\n`, /true or false/],
  ])('%s is refused', async (_name, file, content, message) => {
    const input = await put(file, content)
    await expect(imported({ from: 'binance-csv', in: [input], out: folder.at('never.gz') })).rejects.toThrow(message)
    expect(existsSync(folder.at('never.gz'))).toBe(false)
  })
})

let exports = 0
async function exported(
  what: 'trades' | 'quotes' | 'book' | 'bars' | 'klines',
  tape: readonly string[],
  more: object = {},
) {
  exports += 1
  const out = folder.at(`${exports}.arrow`)
  const { io, out: said } = fakeIo()
  await tapeExportCommand({ tape, out, what, json: true, ...more }, io)
  const summary = JSON.parse(said.at(-1) ?? '') as Record<string, unknown>
  const bytes: Uint8Array = await readFile(out)
  return { out, summary, table: tableFromIPC(bytes) }
}

const rowsOf = (table: Table): readonly Record<string, unknown>[] =>
  table.toArray().map((row) => row.toJSON() as Record<string, unknown>)

describe('export', () => {
  const tape = (name: string, lines: readonly Line[]) => writeLines(folder.at(name), lines)

  test('trades: integers of the venue, decimals, both clocks, metadata', async () => {
    const file = await tape('trades.gz', whole)
    const { table, summary } = await exported('trades', [file])
    expect(summary).toMatchObject({ rows: 3, gaps: 0, symbol: SYMBOL })
    expect(rowsOf(table)[1]).toEqual({
      ...{ time: START + 900, received_at: START + 900, trade_id: '2', side: 1n, price_ticks: 1003n, size_lots: 10n },
      ...{ price: 100.3, size: 0.01 },
    })
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${type}`).slice(0, 4)).toEqual([
      'time: Timestamp<NANOSECOND, UTC>',
      'received_at: Timestamp<NANOSECOND, UTC>',
      'trade_id: Utf8',
      'side: Int64',
    ])
    expect(Object.fromEntries(table.schema.metadata)).toMatchObject({
      ...{ symbol: SYMBOL, tickSize: '0.10', lotSize: '0.001', venue: 'binanceusdm', source: file, what: 'trades' },
    })
    await expect(exported('trades', [file], { symbol: 'ETH/USDT:USDT' })).rejects.toThrow(/no ETH.*holds BTC/)
  })

  test('book: the levels after each update; what is not there is null', async () => {
    const { table } = await exported('book', [await tape('book.gz', whole)], { levels: 2 })
    expect(
      rowsOf(table).map((row) => [row['update_id'], row['bid_size_1'], row['ask_ticks_1'], row['bid_ticks_2']]),
    ).toEqual([
      [10n, 1, 1002n, null],
      [12n, 1.5, 1002n, null],
      [14n, 1.6, 1002n, null],
      [15n, 1.7, 1002n, null],
    ])
  })

  test('bars close on the watermarks of the tape; a gap taints', async () => {
    const lines = [...whole, gap(3_100), snapshot(3_200, 40), delta(3_300, 41, 40, '1.000'), trade(3_400, 4)]
    const { table, summary } = await exported('bars', [await tape('bars.gz', lines)], { bar: '1s' })
    expect(rowsOf(table)).toMatchObject([
      { start_at: START, taints: 'partial' },
      { start_at: START + 1_000, open: expect.closeTo(99.9, 9), trade_count: 1n, taints: '' },
      { start_at: START + 2_000, trade_count: 0n },
    ])
    expect(summary).toMatchObject({ gaps: 1, rows: 3 })
  })

  test('an unknown bar, and an empty table that can be read', async () => {
    const file = await tape('none.gz', [session(), snapshot(1, 5)])
    await expect(exported('bars', [file], { bar: '7 parsecs' })).rejects.toThrow(/--bar was "7 parsecs"/)
    expect((await exported('quotes', [file])).table.numRows).toBe(0)
  })

  test.skipIf(realTape('binance-usdm-ethusdt-20240718.gz').absent)('a real tape, more rows than a batch', async () => {
    const { file } = realTape('binance-usdm-ethusdt-20240718.gz')
    const { out, table } = await exported('quotes', [file])
    expect([table.numRows, table.batches.length]).toEqual([9_089, 2])
    expect(rowsOf(table)[0]).toMatchObject({ bid_price: 3424.98, bid_size: 197.907, update_id: 4_984_028_373_731n })
    const script = 'import sys, pyarrow.feather as f; print(f.read_table(sys.argv[1]).num_rows)'
    const python = spawnSync('python3', ['-c', script, out], { encoding: 'utf8' })
    if (python.status === 0) expect(python.stdout.trim()).toBe('9089')
    else console.log('skipped: python3 with pyarrow is not here to read the Arrow file too')
  })
})
