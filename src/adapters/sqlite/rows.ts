import type {
  BalanceRecord,
  DecisionRecord,
  FillRecord,
  OrderRecord,
  PositionRecord,
} from '../../trading/journal-records.ts'

/** What SQLite holds in a cell. */
export type Row = Record<string, string | number | null>

/** Names by column: rows are read while orders wait. Bounded by the schema's columns. */
const camelNames = new Map<string, string>()

function camel(column: string): string {
  let name = camelNames.get(column)
  if (name === undefined) {
    name = column.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
    camelNames.set(column, name)
  }
  return name
}

/** `{ entry_ticks: … }` → `{ entryTicks: … }`. The columns are named after the record's fields. */
function camelised(row: Row): Row {
  const record: Row = {}
  for (const column in row) record[camel(column)] = row[column] ?? null
  return record
}

/** Numbers that are not finite have no place in a ledger: they become NULL. */
export const finite = (value: number | null): number | null => (Number.isFinite(value) ? value : null)

export const positionOf = (row: Row): PositionRecord => camelised(row) as unknown as PositionRecord
export const balanceOf = (row: Row): BalanceRecord => camelised(row) as unknown as BalanceRecord
export const fillOf = (row: Row): FillRecord =>
  ({ ...camelised(row), maker: row['maker'] === 1 }) as unknown as FillRecord

/** What an order need not have: as JSON, or as it is. Absent where NULL, as in the record. */
const OPTIONAL_JSON = ['trigger', 'trailing', 'protection'] as const
const OPTIONAL_PLAIN = ['expiresAt', 'positionSide'] as const

export function orderOf(row: Row): OrderRecord {
  const { intentId: _, ...order } = camelised(row)
  const record: Record<string, unknown> = { ...order, reduceOnly: row['reduce_only'] === 1 }
  for (const name of OPTIONAL_PLAIN) if (record[name] === null) delete record[name]
  for (const name of OPTIONAL_JSON) {
    if (typeof record[name] === 'string') record[name] = JSON.parse(record[name])
    else delete record[name]
  }
  return record as unknown as OrderRecord
}

export function decisionOf(row: Row): DecisionRecord {
  const { open, high, low, close, buyVolume, sellVolume, tradeCount, ofi, taints, ...flat } = camelised(row)
  const {
    forecast,
    target,
    verdict,
    featureMs,
    forecastMs,
    decideMs,
    commitMs,
    closeToSendMs,
    sendToAnswerMs,
    ...rest
  } = flat
  const json = (cell: string | number | null | undefined): unknown => JSON.parse(String(cell ?? 'null'))
  return {
    ...rest,
    bar: { open, high, low, close, buyVolume, sellVolume, tradeCount, ofi, taints: json(taints) },
    forecast: json(forecast),
    target: json(target),
    verdict: json(verdict),
    // Null in a file that an older version wrote and no newer one has opened for writing.
    latency: { featureMs, forecastMs, decideMs, commitMs, closeToSendMs, sendToAnswerMs: sendToAnswerMs ?? null },
  } as unknown as DecisionRecord
}

/** Bindings of `INSERT INTO decisions`. */
export const decisionCells = (record: DecisionRecord): Row => ({
  decisionId: record.decisionId,
  symbol: record.symbol,
  barStartAt: record.barStartAt,
  barEndAt: record.barEndAt,
  open: finite(record.bar.open),
  high: finite(record.bar.high),
  low: finite(record.bar.low),
  close: finite(record.bar.close),
  buyVolume: record.bar.buyVolume,
  sellVolume: record.bar.sellVolume,
  tradeCount: record.bar.tradeCount,
  ofi: finite(record.bar.ofi),
  taints: JSON.stringify(record.bar.taints),
  bidTicks: finite(record.bidTicks),
  askTicks: finite(record.askTicks),
  bidSize: finite(record.bidSize),
  askSize: finite(record.askSize),
  featureSchemaHash: record.featureSchemaHash,
  featureHash: record.featureHash,
  forecast: record.forecast && JSON.stringify(record.forecast),
  modelId: record.modelId,
  provider: record.provider,
  target: JSON.stringify(record.target),
  verdict: JSON.stringify(record.verdict),
  clientId: record.clientId,
  featureMs: record.latency.featureMs,
  forecastMs: record.latency.forecastMs,
  decideMs: record.latency.decideMs,
  commitMs: record.latency.commitMs,
  closeToSendMs: record.latency.closeToSendMs,
  sendToAnswerMs: record.latency.sendToAnswerMs,
  positionLots: record.positionLots,
  equity: record.equity,
})

/** `INSERT INTO table (columns) VALUES (@names)` for cells named as the columns, in camel case. */
export function insertSql(table: string, names: readonly string[]): string {
  // Quoted: `trigger` is a word of SQL.
  const columns = names.map((name) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`)
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`
}
