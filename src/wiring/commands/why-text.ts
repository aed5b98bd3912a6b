import { type Forecast, isForecast } from '../../inference/forecast.ts'
import type { DecisionStory, OrderStory } from '../../trading/journal.port.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'
import type { UnitText } from './unit-text.ts'

const ABSTENTIONS: Readonly<Record<string, string>> = {
  'warm-up': 'too few bars have been seen yet',
  tainted: 'data of the bar, or of one that the model looks back on, were lost',
  'no-forecast': 'the model gave no usable forecast',
  'model-expired': 'the model is older than it may be',
  'edge-below-cost': 'the expected return does not pay for the round trip',
  'inside-band': 'the change would be too small to trade',
  stale: 'the data or the account were not up to date',
  drift: 'the market no longer looks as it did when the model was trained',
  outlier: 'the model has seen nothing like this bar',
  calibration: 'the model has lately been wrong more often than it says',
}

/** A decision told in sentences, one line each. */
export function whyText({ index, decision, story }: DecisionStory, units: UnitText): readonly string[] {
  return [
    `Decision ${decision.decisionId} (number ${index})`,
    barLine(decision, units),
    ...taintLine(decision),
    featureLine(decision),
    forecastLine(decision),
    targetLine(decision, units),
    verdictLine(decision),
    ...orderLines(story, units),
    latencyLine(decision),
  ]
}

const iso = (at: number): string => new Date(at).toISOString()
const figure = (value: number | null, decimals = 4): string =>
  value === null ? 'unknown' : String(Number(value.toFixed(decimals)))
const signed = (value: number): string => `${value > 0 ? '+' : ''}${figure(value, 2)}`

function barLine(decision: DecisionRecord, units: UnitText): string {
  const { bar, barStartAt, barEndAt, symbol, bidTicks, askTicks } = decision
  const book =
    bidTicks === null || askTicks === null
      ? 'the book was void'
      : `bid ${units.price(symbol, bidTicks)}, ask ${units.price(symbol, askTicks)}`
  return (
    `Bar:       ${symbol}, ${iso(barStartAt)} to ${iso(barEndAt)}: open ${figure(bar.open)}, high ${figure(bar.high)}, ` +
    `low ${figure(bar.low)}, close ${figure(bar.close)}; ${bar.tradeCount} trades, bought ${figure(bar.buyVolume)}, ` +
    `sold ${figure(bar.sellVolume)}, order-flow imbalance ${figure(bar.ofi)}; at the close ${book}.`
  )
}

const taintLine = ({ bar }: DecisionRecord): readonly string[] =>
  bar.taints.length === 0 ? [] : [`Tainted:   ${bar.taints.join(', ')}.`]

const featureLine = ({ featureHash, featureSchemaHash }: DecisionRecord): string =>
  featureHash === null
    ? `Features:  no full window yet (schema ${featureSchemaHash.slice(0, 12)}).`
    : `Features:  window ${featureHash.slice(0, 12)} of schema ${featureSchemaHash.slice(0, 12)}.`

function forecastLine({ forecast, modelId, provider }: DecisionRecord): string {
  if (forecast === null) return 'Forecast:  the model was not asked.'
  if (!isForecast(forecast)) return `Forecast:  none from ${forecast.modelId}: ${forecast.failure}.`
  const { levels, quantilesBps, classes, meanBps, volatilityBps, horizonBars } = forecast
  const quantiles = levels
    .map((level, i) => `${figure(level * 100)} %: ${signed(quantilesBps[i] ?? Number.NaN)}`)
    .join(', ')
  const [down, flat, up] = classes.map((share) => `${Math.round(share * 100)} %`)
  return (
    `Forecast:  over ${horizonBars} bars mean ${signed(meanBps)} bps, quantiles (bps) ${quantiles}; down ${down}, flat ${flat}, ` +
    `up ${up}; volatility ${figure(volatilityBps, 2)} bps (model ${modelId ?? forecast.modelId}, ${provider ?? forecast.provider})` +
    `${adjustmentText(forecast.adjustment)}.`
  )
}

function adjustmentText(adjustment: Forecast['adjustment']): string {
  if (!adjustment) return ''
  const moved = adjustment.quantileShiftsBps ? 'quantiles moved by what came of the last ones, ' : ''
  return `; oversight: ${moved}sizes times ${figure(adjustment.sizeFactor, 2)}`
}

function targetLine({ symbol, target, positionLots, equity }: DecisionRecord, units: UnitText): string {
  const costs = `edge ${signed(target.edgeBps)} bps, cost ${figure(target.costBps, 2)} bps`
  const held = `held ${units.size(symbol, positionLots)}, equity ${figure(Number(equity), 2)}`
  if (target.kind === 'abstain') {
    return `Decision:  nothing (${target.reason}): ${ABSTENTIONS[target.reason] ?? 'see the reason'}; ${costs}; ${held}.`
  }
  return `Decision:  ${target.reason}: hold ${units.size(symbol, target.lots)}; ${costs}; ${held}.`
}

function verdictLine({ verdict }: DecisionRecord): string {
  switch (verdict.kind) {
    case 'none':
      return 'Risk:      there was no order to approve.'
    case 'approved':
      return 'Risk:      approved.'
    case 'refused':
      return `Risk:      refused (${verdict.code}): ${verdict.detail}.`
  }
}

function orderLines(told: OrderStory | undefined, units: UnitText): readonly string[] {
  if (!told) return ['Order:     none.']
  const { order, fills } = told
  const { symbol } = order
  const reduce = order.reduceOnly ? ', reduce-only' : ''
  const detail = order.detail === '' ? '' : ` (${order.detail})`
  return [
    `Order:     ${order.clientId}: ${order.side} ${units.size(symbol, order.lots)}, ${order.type} ${units.price(symbol, order.price)}, ${order.timeInForce}${reduce}; ` +
      `${order.state}${detail}, ${units.size(symbol, order.filledLots)} filled; venue id ${order.venueId ?? 'unknown'}.`,
    ...fills.map(
      (fill) =>
        `Fill:      ${iso(fill.at)}: ${fill.side} ${units.size(symbol, fill.lots)} at ${units.price(symbol, fill.price)} as ${fill.maker ? 'maker' : 'taker'}, ` +
        `fee ${fill.fee} ${fill.feeCurrency}, realised ${fill.realisedPnl} (trade ${fill.tradeId}).`,
    ),
  ]
}

function latencyLine({ latency }: DecisionRecord): string {
  const hops = [
    ['features', latency.featureMs],
    ['forecast', latency.forecastMs],
    ['decision', latency.decideMs],
    ['commit', latency.commitMs],
    ['close to send', latency.closeToSendMs],
    ['send to answer', latency.sendToAnswerMs],
  ] as const
  const measured = hops.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${figure(ms, 3)}`]))
  return `Latency:   ${measured.length === 0 ? 'not measured' : `${measured.join(', ')} ms`}.`
}
