import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { epochMs } from '../../core/units.ts'
import type { CandleSeries } from '../../market/candles/candle.ts'
import { loadCandles } from '../candles/load-candles.ts'
import type { BacktestConfig } from '../config/schema.ts'

/** What a configuration says of them. */
interface CandleFiles extends Pick<BacktestConfig, 'symbols' | 'barMs'> {
  readonly backtest: Pick<BacktestConfig['backtest'], 'data' | 'instruments'>
}

/**
 * The candles that a configuration names, cut to the span that all symbols have. `folder`: in place of `backtest.data.folder`. Throws
 * `InputError`.
 */
export async function loadSeries(
  { backtest, symbols, barMs }: CandleFiles,
  folder?: string,
): Promise<readonly CandleSeries[]> {
  const { instruments } = backtest
  const data = backtest.data ?? leftOut('backtest.data')
  const path = (file: string): string => join(folder ?? data.folder, file)
  const series: CandleSeries[] = []
  for (const symbol of symbols) {
    const at = instruments.findIndex((one) => one.symbol === symbol)
    const entry = instruments[at]!
    series.push(
      await loadCandles({
        symbol,
        barMs,
        file: path(entry.bars ?? leftOut(`backtest.instruments[${at}].bars`, symbol)),
        ...(entry.funding !== undefined && { fundingFile: path(entry.funding) }),
        ...(entry.mark !== undefined && { markFile: path(entry.mark) }),
        ...(data.from !== undefined && { from: epochMs(Date.parse(data.from)) }),
        ...(data.to !== undefined && { to: epochMs(Date.parse(data.to)) }),
        repair: data.repair,
        ...(data.jumpBpsMax !== undefined && { jumpBpsMax: data.jumpBpsMax }),
      }),
    )
  }
  return common(series)
}

/** Size of the files of bars that a configuration names, as far as they are there. */
export async function barsBytes({ backtest }: CandleFiles, folder = backtest.data?.folder): Promise<number> {
  const files = folder === undefined ? [] : backtest.instruments.flatMap(({ bars }) => bars ?? [])
  const sizes = files.map((file) =>
    stat(join(folder!, file)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function leftOut(key: string, symbol?: string): never {
  const whose = symbol === undefined ? '' : ` of ${symbol}`
  throw new InputError(
    `${key}${whose} was left out; a backtest on candles reads them from there. On tapes: --tape FILES`,
    { key },
  )
}

/** Files rarely begin and end on the same day. */
function common(series: readonly CandleSeries[]): readonly CandleSeries[] {
  const from = Math.max(...series.map(({ candles }) => candles.at(0)?.startAt ?? Number.POSITIVE_INFINITY))
  const to = Math.min(...series.map(({ candles }) => candles.at(-1)?.startAt ?? Number.NEGATIVE_INFINITY))
  if (!(from <= to)) {
    const spans = series.map(
      ({ symbol, candles }) => `${symbol} ${iso(candles.at(0)?.startAt)} to ${iso(candles.at(-1)?.startAt)}`,
    )
    throw new InputError(`backtest.data: the candles have no moment in common: ${spans.join('; ')}`)
  }
  return series.map((one) => cutSeries(one, from, to))
}

const iso = (ms: number | undefined): string => (ms === undefined ? 'none' : new Date(ms).toISOString())

/** The candles that begin in `[from, to]`, milliseconds since the epoch, with what belongs to them. */
export function cutSeries(series: CandleSeries, from: number, to: number): CandleSeries {
  const { candles, barMs, funding, markCloses, filled } = series
  // They follow each other without a gap.
  const startAt = candles.at(0)!.startAt
  const first = Math.max(0, Math.ceil((from - startAt) / barMs))
  const last = Math.max(-1, Math.min(candles.length - 1, Math.floor((to - startAt) / barMs)))
  if (first === 0 && last === candles.length - 1) return series
  return {
    ...series,
    candles: candles.slice(first, last + 1),
    funding: funding.filter(({ at }) => at > from && at <= to + barMs),
    ...(markCloses && { markCloses: markCloses.slice(first, last + 1) }),
    ...(filled && { filled: filled.filter((index) => index >= first && index <= last).map((index) => index - first) }),
  }
}
