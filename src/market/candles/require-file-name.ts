import { durationText } from '../bar-spec.ts'
import { badFile } from './table.ts'

/** As freqtrade names its files: `BTC_USDT_USDT-15m-futures.feather`; spot files have no kind. */
const FREQTRADE =
  /(?:^|[/\\])(?<pair>[A-Z0-9]+(?:_[A-Z0-9]+){1,2})-(?<timeframe>\d+[a-zA-Z]+)(?:-(?<kind>futures|mark|index|premiumIndex|funding_rate))?\.(?:feather|parquet|json|json\.gz)$/

/** What a file is read for. */
export interface FilePurpose {
  readonly kind: 'futures' | 'mark' | 'funding_rate'
  /** ccxt form. */
  readonly symbol: string
  /** Of candles; marks and rates come in timeframes of their own. */
  readonly barMs?: number
}

/** Throws `InputError` when a file that is named as freqtrade names them says that it holds something else. Other names say nothing. */
export function requireFileName(file: string, { kind, symbol, barMs }: FilePurpose): void {
  const groups = FREQTRADE.exec(file)?.groups
  if (groups === undefined) return
  const pair = symbol.replace(/[/ .@$+:]/g, '_')
  const isFuture = symbol.includes(':')
  const kindDue = kind === 'futures' && !isFuture ? undefined : kind
  const refuse = (what: string, found: string | undefined, due: string | undefined): never => {
    throw badFile(
      file,
      `by its name, as freqtrade gives them, its ${what} is ${found ?? 'spot'}; it must be ${due ?? 'spot'}`,
    )
  }
  if (groups['pair'] !== pair) refuse('pair', groups['pair'], pair)
  if (groups['kind'] !== kindDue) refuse('kind', groups['kind'], kindDue)
  if (barMs === undefined) return
  const timeframe = durationText(barMs)
  if (groups['timeframe'] !== timeframe) refuse('timeframe', groups['timeframe'], timeframe)
}
