import { eachGroup } from '../../core/by-group.ts'
import type { OversightStatus } from '../../inference/oversight/oversight-status.ts'
import type { DecisionStory, JournalSummary } from '../../trading/journal.port.ts'
import { ofGroup } from '../models/model-families.ts'
import { type UnitText, unitText } from './unit-text.ts'

/** What `status` shows of one database. */
export interface Status {
  readonly summary: JournalSummary
  readonly running: boolean
  /** Absent before the first bar. */
  readonly last: DecisionStory | undefined
}

/** A table, one fact a line. */
export function statusText({ summary, running, last }: Status): readonly string[] {
  const row = (name: string, text: string) => `${name.padEnd(14)}${text}`
  const each = (name: string, texts: readonly string[], none: string) =>
    (texts.length === 0 ? [none] : texts).map((text, index) => row(index === 0 ? name : '', text))
  const { counts } = summary
  const units = unitText(summary.instruments)
  return [
    row('mode', `${summary.mode} on ${summary.venue}, ${running ? 'running' : 'not running'}`),
    ...each('model', summary.model ? modelLines(summary.model) : [], 'none yet'),
    ...each('oversight', summary.oversight ? watchLines(summary.oversight) : [], 'the model is not watched'),
    row('bars', `${summary.bars} bars, ${counts.decisions} decisions, ${counts.intents} orders, ${counts.fills} fills`),
    row('last decision', last ? lastDecision(last, units) : 'none yet'),
    ...each(
      'positions',
      summary.positions.map(
        ({ symbol, lots, entryTicks, realised, fees }) =>
          `${symbol} ${units.size(symbol, lots)}${lots === 0 ? '' : ` at ${units.price(symbol, Number(entryTicks))}`}, realised ${realised}, fees ${fees}`,
      ),
      'none',
    ),
    ...each(
      'balance',
      summary.balances.map(
        ({ currency, wallet, venueWallet }) =>
          `${wallet} ${currency}${wallet === venueWallet ? '' : ` (the venue says ${venueWallet})`}`,
      ),
      'none',
    ),
    ...each(
      'open orders',
      summary.openOrders.map(
        ({ clientId, symbol, side, lots, price, state }) =>
          `${clientId} ${symbol} ${side} ${units.size(symbol, lots)} at ${units.price(symbol, price)}, ${state}`,
      ),
      'none',
    ),
    ...each(
      'latches',
      summary.latches.map(({ name, reason, at }) => `${name} since ${iso(at)}: ${reason}`),
      'none',
    ),
    row('alerts', `${summary.alertsPending} waiting`),
    ...summary.alerts.map(({ at, severity, text }) => row('', `${iso(at)} ${severity}: ${text}`)),
  ]
}

const modelLines = (model: NonNullable<JournalSummary['model']>): readonly string[] =>
  eachGroup(model).map(([group, { modelId, provider }]) => `${ofGroup(group)}${modelId} (${provider})`)

const watchLines = (oversight: NonNullable<JournalSummary['oversight']>): readonly string[] =>
  eachGroup(oversight).flatMap(([group, status]) => oversightLines(status).map((line) => `${ofGroup(group)}${line}`))

/** Coverage of the intervals, losses beside the simple forecast's, drift of the inputs, and what is being done about it. */
function oversightLines({ intervals, lossRatio, judgedBars, inputs, holding }: OversightStatus): readonly string[] {
  const percent = (share: number | null): string => (share === null ? 'unknown' : `${(100 * share).toFixed(1)} %`)
  const worst = inputs?.worst.map(({ name, psi }) => `${name} ${psi.toFixed(2)}`).join(', ')
  return [
    ...intervals.map(
      ({ stated, coverage, issuedCoverage }) =>
        `${percent(stated)} interval: held ${percent(coverage)} as stated, ${percent(issuedCoverage)} as adjusted`,
    ),
    lossRatio === null
      ? `loss: too few of ${judgedBars} outcomes to judge`
      : `loss: ${lossRatio.toFixed(3)} times that of a simple forecast over ${judgedBars} outcomes`,
    ...(inputs ? [`inputs: ${inputs.driftedFeatures} drifted${worst ? `; greatest PSI ${worst}` : ''}`] : []),
    holding.length === 0 ? 'nothing is amiss' : `amiss: ${holding.join(', ')}`,
  ]
}

const iso = (at: number): string => new Date(at).toISOString()

function lastDecision({ decision }: DecisionStory, units: UnitText): string {
  const { decisionId, symbol, barEndAt, target } = decision
  const what =
    target.kind === 'abstain'
      ? `nothing (${target.reason})`
      : `${target.reason}: hold ${units.size(symbol, target.lots)}`
  return `${iso(barEndAt)} ${what}; tickwright why ${decisionId}`
}
