import type { Logger } from 'pino'
import type { BarReport } from '../../adapters/console/bar-line.ts'
import { consoleView, wantsColour } from '../../adapters/console/console-view.ts'
import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { Io } from '../io.ts'
import type { SessionEvent } from '../session/decider.ts'

type Decided = Extract<SessionEvent, { kind: 'decided' }>

/** Shows each decided bar: a line on a terminal, JSON in the log elsewhere. `pnlQuote`: since the start. */
export function barView(io: Io, log: Logger, converters: ReadonlyMap<InstrumentSymbol, Converter>) {
  const view = io.isTTY ? consoleView((line) => io.out(line), wantsColour(io.isTTY, io.env)) : undefined
  return (event: Decided, pnlQuote: number): void => {
    const report = reportOf(event, pnlQuote, converters)
    if (!report) return
    if (view) {
      view.bar(report)
      return
    }
    const { bar, target, refusal, positionLots, latencyMs } = report
    log.info(
      {
        symbol: bar.symbol,
        barEndAt: bar.endAt,
        close: bar.close,
        ofi: bar.ofi[0],
        taints: bar.taints,
        forecast: report.forecast,
        target,
        refusal,
        positionLots,
        pnlQuote,
        latencyMs,
      },
      'bar',
    )
  }
}

function reportOf(
  { record, placement, midQuote }: Decided,
  pnlQuote: number,
  converters: ReadonlyMap<InstrumentSymbol, Converter>,
): BarReport | undefined {
  const convert = converters.get(record.symbol)
  if (!convert) return undefined
  const { bar, latency } = record
  const decidedMs = (latency.featureMs ?? 0) + (latency.forecastMs ?? 0) + (latency.decideMs ?? 0)
  return {
    bar: {
      symbol: record.symbol,
      endAt: epochMs(record.barEndAt),
      close: bar.close ?? midQuote,
      ofi: [bar.ofi ?? Number.NaN],
      taints: bar.taints as BarReport['bar']['taints'],
    },
    priceDecimals: convert.instrument.tickSize.replace(/0+$/, '').split('.')[1]?.length ?? 0,
    forecast: record.forecast ?? undefined,
    target: record.target,
    refusal: record.verdict.kind === 'refused' ? record.verdict.code : undefined,
    positionLots: record.positionLots,
    lotSize: convert.lotSize,
    pnlQuote,
    latencyMs: (placement.kind === 'sent' ? placement.closeToSendMs : null) ?? decidedMs,
  }
}
