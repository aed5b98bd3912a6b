import { createHash } from 'node:crypto'
import { seededRandom } from '../../core/random.ts'
import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'

export type OnDecision = (record: DecisionRecord) => void

/** Runs of one backtest, each from nothing: ledger, features and models that are fitted on the way included. */
export interface PrefixRuns {
  whole(onDecision: OnDecision): Promise<void>
  /** On the data up to `share` of them, above 0 to 1. Returns the last moment that it saw, milliseconds since the epoch. */
  upTo(share: number, onDecision: OnDecision): Promise<number>
}

/** A decision that knew more than had happened. */
export interface Lookahead {
  /** Last moment that the shorter run saw, ISO 8601. */
  readonly cutAt: string
  readonly decisionId: string
  /** What differed first on the way from data to order. */
  readonly differs: 'features' | 'forecast' | 'decision'
}

export interface LookaheadReport {
  readonly cuts: number
  readonly decisionsCompared: number
  /** Earliest of each cut; empty: none was found. */
  readonly found: readonly Lookahead[]
}

export interface CheckOptions {
  readonly cuts: number
  readonly seed: number
  readonly onCut?: (done: number) => void
}

interface Trace {
  readonly decisionId: string
  readonly features: string
  readonly forecast: string
  readonly decision: string
}

/** Earliest place of a cut: before, a run has hardly warmed up. */
const CUT_MIN = 0.1

/**
 * Prefix property: what was decided up to a moment must not change when the data behind it are taken away. Compares the whole run with
 * runs on the data up to random moments, spread over the whole. Catches whatever looks ahead between file and order: features, scalers, models, fills.
 */
export async function comparePrefixes(runs: PrefixRuns, { cuts, seed, onCut }: CheckOptions): Promise<LookaheadReport> {
  const whole: Trace[] = []
  await runs.whole((record) => whole.push(traceOf(record)))
  const random = seededRandom(seed)
  const found: Lookahead[] = []
  let decisionsCompared = 0
  for (let cut = 0; cut < cuts; cut += 1) {
    const shorter: Trace[] = []
    const share = CUT_MIN + ((1 - CUT_MIN) * (cut + random())) / cuts
    const cutAt = await runs.upTo(share, (record) => shorter.push(traceOf(record)))
    decisionsCompared += shorter.length
    const odd = shorter.findIndex((trace, at) => !isSame(trace, whole[at]))
    if (odd >= 0) found.push({ cutAt: new Date(cutAt).toISOString(), ...difference(shorter[odd]!, whole[odd]) })
    onCut?.(cut + 1)
  }
  return { cuts, decisionsCompared, found }
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

function traceOf({
  decisionId,
  featureHash,
  forecast,
  target,
  verdict,
  clientId,
  positionLots,
  equity,
}: DecisionRecord): Trace {
  const said = forecast && isForecast(forecast) ? [forecast.modelId, forecast.meanBps, forecast.quantilesBps] : forecast
  return {
    decisionId,
    features: featureHash?.slice(0, 16) ?? '',
    forecast: digest(said),
    decision: digest([target, verdict, clientId, positionLots, equity]),
  }
}

const isSame = (a: Trace, b: Trace | undefined): boolean =>
  b !== undefined &&
  a.decisionId === b.decisionId &&
  a.features === b.features &&
  a.forecast === b.forecast &&
  a.decision === b.decision

function difference(a: Trace, b: Trace | undefined): Pick<Lookahead, 'decisionId' | 'differs'> {
  const differs = a.features !== b?.features ? 'features' : a.forecast !== b.forecast ? 'forecast' : 'decision'
  return { decisionId: a.decisionId, differs }
}
