import { classCheck, coverageCheck } from './calibration-checks.ts'
import { checkContenders, trades } from './checked-contenders.ts'
import type { Candidate, Contender, ForecastContender } from './contender.ts'
import { crpsCheck } from './crps-check.ts'
import type { GateCheck, GateOutcome } from './gate-check.ts'
import { enoughCheck } from './gate-check.ts'
import type { GateSettings } from './gate-settings.ts'
import { pnlCheck } from './pnl-check.ts'
import { sharpeCheck } from './sharpe-check.ts'

export interface Verdict {
  /** Anything but `pass` leaves the champion where it is. */
  readonly outcome: GateOutcome
  readonly checks: readonly GateCheck[]
  /** For people: the outcome, and each reason against it. */
  readonly summary: string
}

/**
 * Whether a candidate may take over. It passes only when every check does: forecasts better than the champion's and than every baseline's
 * (CRPS), more profit than the champion, than each baseline that traded, and than doing nothing, a Sharpe ratio that all trials do not
 * explain, and calibration. Since all must hold, no single one is made stricter for their number: the chance of passing where even one of
 * them is false is at most that check's own (intersection–union test, Berger 1982). Looks at growing data do add up, so each chance of
 * error is divided by `looksMax`. With fewer bars than `barsMin` nothing is tested: an early glance would be one more look.
 *
 * Pure and deterministic. All losses and profits are out of sample. Throws `InputError` on contenders that cannot be compared.
 */
export function judge(
  candidate: Candidate,
  champion: Contender | undefined,
  baselines: readonly (ForecastContender | Contender)[],
  settings: GateSettings,
): Verdict {
  const others = champion ? [champion, ...baselines] : baselines
  checkContenders(candidate, others)
  const bars = Math.min(new Set(candidate.endAt).size, candidate.pnl.length)
  const amounts = [
    enoughCheck('bars', 'bar', bars, settings.barsMin),
    enoughCheck('trades', 'trade', candidate.trades, settings.tradesMin),
  ]
  return verdictOf(candidate.name, [
    ...amounts,
    ...(bars < settings.barsMin ? [] : evidence(candidate, others, settings)),
  ])
}

function evidence(
  candidate: Candidate,
  others: readonly (ForecastContender | Contender)[],
  settings: GateSettings,
): readonly GateCheck[] {
  const { looksMax, pMax, pnlProbabilityMin, deflatedSharpeMin } = settings
  const sureness = (probability: number): number => 1 - (1 - probability) / looksMax
  const pnlOver = (other?: Contender): GateCheck => pnlCheck(candidate, other, sureness(pnlProbabilityMin), settings)
  return [
    ...others.map((other) => crpsCheck(candidate, other, pMax / looksMax)),
    ...others.filter(trades).map(pnlOver),
    pnlOver(),
    sharpeCheck(candidate, sureness(deflatedSharpeMin)),
    coverageCheck(candidate, settings),
    classCheck(candidate, settings),
  ]
}

function verdictOf(name: string, checks: readonly GateCheck[]): Verdict {
  const short = checks.filter(({ outcome }) => outcome === 'not enough data')
  const failed = checks.filter(({ outcome }) => outcome === 'fail')
  const reasons = [...short, ...failed].map(({ sentence }) => sentence)
  if (short.length > 0) {
    return { outcome: 'not enough data', checks, summary: `No verdict on ${name} yet. ${reasons.join(' ')}` }
  }
  if (failed.length > 0) return { outcome: 'fail', checks, summary: `${name} is refused. ${reasons.join(' ')}` }
  return { outcome: 'pass', checks, summary: `${name} passes all ${checks.length} checks.` }
}
