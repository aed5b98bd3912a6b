import type { FreezeReason } from '../../core/freeze-reason.ts'
import type { ApprovedOrder, OrderIntent } from '../../core/order.ts'
import type { EpochMs } from '../../core/units.ts'
import { featureHash } from '../../features/feature-hash.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import { type Forecast, isForecast, type NoForecast } from '../../inference/forecast.ts'
import { decisionIdOf, type Target } from '../../policy/decision.ts'
import { planOrder } from '../../policy/intent.ts'
import type { PolicySettings } from '../../policy/policy-settings.ts'
import { decide } from '../../policy/target-position.ts'
import { approve, type RiskVerdict } from '../../risk/approve.ts'
import type { Guard } from '../../risk/guard.ts'
import type { RiskLimits } from '../../risk/limits.ts'
import { clientOrderId } from '../../trading/client-order-id.ts'
import type { DecisionRecord, VerdictRecord } from '../../trading/journal-records.ts'
import type { Decided } from '../../trading/submitter.ts'
import type { Account } from './desk.ts'
import type { MarketView } from './market-view.ts'

export interface DecideSettings {
  readonly policy: PolicySettings
  readonly limits: RiskLimits
  /** How far beyond the touch an order may reach, basis points. */
  readonly collarBps: number
  /** Names the ledger inside client order ids. */
  readonly ledgerTag: string
  /** False: records go without the hash of their window. Absent: with it. */
  readonly hashesWindows?: boolean
}

/** All that is known when one bar closes. */
export interface BarMoment {
  readonly window: FeatureWindow
  readonly view: MarketView
  readonly forecast: Forecast | NoForecast | undefined
  /** Arrival of the event that closed the bar, and its monotonic reading. */
  readonly now: EpochMs
  readonly closedAtMs: number
  readonly stale: boolean
  readonly modelExpired: boolean
  /** Close the position whatever the forecast. */
  readonly flatten?: boolean
  readonly blindBars: number
  readonly equityQuote: number
  readonly otherExposureQuote: number
  readonly guard: Guard
  readonly featureMs: number
  readonly forecastMs: number | null
  /** Monotonic clock, for the latency record only. */
  monotonicMs(): number
}

/** Forecast → target → plan → verdict → one decision row, with its order if risk approved one. */
export function decideBar(moment: BarMoment, desk: Account, settings: DecideSettings): Decided {
  const startedAtMs = moment.monotonicMs()
  const { hashesWindows = true } = settings
  const wanted = moment.flatten ? FLAT : decide(policyInputs(moment, desk), settings.policy)
  const asked = judge(moment, desk, wanted, settings)
  // A reversal is an exit and an entry in one: where the entry may not be, the exit still may.
  const held = desk.position(symbolOf(moment)).lots
  const isReversal = wanted.kind === 'target' && Math.sign(wanted.lots) === -Math.sign(held) && held !== 0
  const target: Target = asked?.kind === 'refused' && isReversal ? { ...wanted, lots: 0, reason: 'exit' } : wanted
  const verdict = target === wanted ? asked : judge(moment, desk, target, settings)
  const record = recordOf(moment, desk, target, {
    featureHash: moment.window.ready && hashesWindows ? featureHash(moment.window.values) : null,
    verdict: verdictOf(verdict),
    clientId: verdict?.kind === 'approved' ? verdict.order.clientId : null,
    decideMs: moment.monotonicMs() - startedAtMs,
  })
  const order: ApprovedOrder | undefined = verdict?.kind === 'approved' ? verdict.order : undefined
  return order ? { record, order, closedAtMs: moment.closedAtMs } : { record }
}

const NO_VERDICT: VerdictRecord = { kind: 'none' }
const APPROVED: VerdictRecord = { kind: 'approved' }

function verdictOf(verdict: RiskVerdict | undefined): VerdictRecord {
  if (!verdict) return NO_VERDICT
  return verdict.kind === 'approved' ? APPROVED : { kind: 'refused', code: verdict.code, detail: verdict.detail }
}

function judge(moment: BarMoment, desk: Account, target: Target, settings: DecideSettings): RiskVerdict | undefined {
  const intent = intentOf(moment, desk, target, settings)
  return intent && approve(intent, riskState(moment, desk), settings.limits)
}

const FLAT: Target = { kind: 'target', lots: 0, edgeBps: 0, costBps: 0, reason: 'exit' }

const symbolOf = ({ view }: BarMoment) => view.converter.instrument.symbol

function policyInputs(moment: BarMoment, desk: Account) {
  const { window, view, forecast, stale, modelExpired, blindBars, equityQuote } = moment
  const { bar } = window.row
  const adjustment = forecast && isForecast(forecast) ? forecast.adjustment : undefined
  return {
    converter: view.converter,
    forecast,
    windowReady: window.ready,
    tainted: bar.taints.length > 0,
    stale,
    modelExpired,
    blindBars,
    positionLots: desk.position(symbolOf(moment)).lots,
    equityQuote,
    bidTicks: bar.bidTicks,
    askTicks: bar.askTicks,
    ...(adjustment && { sizeFactor: adjustment.sizeFactor, abstain: adjustment.abstain }),
  }
}

function intentOf(moment: BarMoment, desk: Account, target: Target, settings: DecideSettings): OrderIntent | undefined {
  const { window, view, now } = moment
  const { bar } = window.row
  const inputs = {
    converter: view.converter,
    positionLots: desk.position(bar.symbol).lots,
    bidTicks: bar.bidTicks,
    askTicks: bar.askTicks,
  }
  const plan = planOrder(target, inputs, settings.collarBps)
  if (!plan) return undefined
  const decisionId = decisionIdOf(bar.symbol, bar.endAt)
  return {
    // In front: V8 is slow to add keys behind a spread, and a plan has none of these.
    clientId: clientOrderId(settings.ledgerTag, decisionId),
    decisionId,
    symbol: bar.symbol,
    createdAt: now,
    ...plan,
  }
}

function riskState(moment: BarMoment, desk: Account) {
  const { view, now, guard, otherExposureQuote } = moment
  const symbol = symbolOf(moment)
  const { book, synced } = view
  return {
    now,
    converter: view.converter,
    guard,
    freezes: freezesOf(moment, desk),
    positionLots: desk.position(symbol).lots,
    open: desk.openLots(symbol),
    otherExposureQuote,
    reference: synced ? { ticks: (book.bidTicks + book.askTicks) / 2, at: view.lastBookAt } : undefined,
  }
}

/** What the market data and the model forbid, and what the ledger forbids. */
function freezesOf(moment: BarMoment, desk: Account): readonly FreezeReason[] {
  const reasons: FreezeReason[] = [...desk.freezes(symbolOf(moment))]
  if (moment.stale) reasons.push('stale')
  if (!moment.view.synced) reasons.push('unsynced')
  if (moment.modelExpired) reasons.push('model-expired')
  return reasons
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

function recordOf(
  moment: BarMoment,
  desk: Account,
  target: Target,
  outcome: Pick<DecisionRecord, 'featureHash' | 'verdict' | 'clientId'> & { readonly decideMs: number },
): DecisionRecord {
  const { window, forecast, featureMs, forecastMs } = moment
  const { bar, schemaHash } = window.row
  return {
    decisionId: decisionIdOf(bar.symbol, bar.endAt),
    symbol: bar.symbol,
    barStartAt: bar.startAt,
    barEndAt: bar.endAt,
    bar: {
      open: finite(bar.open),
      high: finite(bar.high),
      low: finite(bar.low),
      close: finite(bar.close),
      buyVolume: bar.buyVolume,
      sellVolume: bar.sellVolume,
      tradeCount: bar.tradeCount,
      ofi: finite(bar.ofi[0] ?? Number.NaN),
      taints: bar.taints,
    },
    bidTicks: finite(bar.bidTicks),
    askTicks: finite(bar.askTicks),
    bidSize: finite(bar.bidSize),
    askSize: finite(bar.askSize),
    featureSchemaHash: schemaHash,
    featureHash: outcome.featureHash,
    forecast: forecast ?? null,
    modelId: forecast?.modelId ?? null,
    provider: forecast && isForecast(forecast) ? forecast.provider : null,
    target,
    verdict: outcome.verdict,
    clientId: outcome.clientId,
    latency: {
      featureMs,
      forecastMs,
      decideMs: outcome.decideMs,
      commitMs: null,
      closeToSendMs: null,
      sendToAnswerMs: null,
    },
    positionLots: desk.position(bar.symbol).lots,
    equity: String(moment.equityQuote),
  }
}
