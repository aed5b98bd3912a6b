import { z } from 'zod'
import { oversightSettingsSchema } from '../../inference/oversight/oversight-settings.ts'
import { backtestSchema } from './backtest-section.ts'
import { modelSchema, policySchema, riskSchema } from './decision-sections.ts'
import { externalSchema } from './external-section.ts'
import { featuresAgree, featuresSchema } from './features-section.ts'
import { groupsAgree } from './groups-agree.ts'
import { barMsSchema, feedSchema, symbolsSchema, venueSchema } from './market-sections.ts'
import { liveSchema, paperSchema, replaySchema, simulatorSchema } from './mode-sections.ts'
import { alertsSchema, logSchema, stateSchema, tapeSchema, tradingSchema } from './running-sections.ts'
import { simulationSchema } from './simulation-section.ts'
import { barsSchema, trainerSchema, trainSchema } from './trainer-section.ts'

type Checked<T> = z.core.ParsePayload<T>

const ORDER_VENUE = 'binanceusdm'

/** A policy that wants what risk forbids would be refused at every bar. */
function limitsAgree({ value, issues }: Checked<z.infer<z.ZodObject<typeof common>>>): void {
  const refuse = (path: readonly string[], input: number, message: string) =>
    issues.push({ code: 'custom', path: [...path], input, message })
  const { policy, risk, trading, venue } = value
  if (trading.absentGuardMs < venue.recvWindowMs) {
    const rule = `at least venue.recvWindowMs, which is ${venue.recvWindowMs}: until then a request may still arrive`
    refuse(['trading', 'absentGuardMs'], trading.absentGuardMs, rule)
  }
  if (trading.collarBps > risk.collarBpsMax) {
    refuse(['trading', 'collarBps'], trading.collarBps, `at most risk.collarBpsMax, which is ${risk.collarBpsMax}`)
  }
  if (policy.notionalMaxQuote > risk.positionNotionalMaxQuote) {
    const rule = `at most risk.positionNotionalMaxQuote, which is ${risk.positionNotionalMaxQuote}`
    refuse(['policy', 'notionalMaxQuote'], policy.notionalMaxQuote, rule)
  }
}

/** Market data can be had of more venues than orders can be sent to. */
function ordersCanBeSent({ value, issues }: Checked<{ mode: string; venue: z.infer<typeof venueSchema> }>): void {
  const { mode, venue } = value
  if (venue.id === ORDER_VENUE) return
  const message = `mode ${mode} sends orders, which only ${ORDER_VENUE} takes; the others serve signal and paper`
  issues.push({ code: 'custom', path: ['venue', 'id'], input: venue.id, message })
}

type Described = { readonly instruments: readonly { readonly symbol: string }[] }

const everySymbolDescribed =
  <K extends string>(section: K) =>
  ({ value, issues }: Checked<{ symbols: readonly string[] } & Readonly<Record<K, Described>>>): void => {
    const described = new Set(value[section].instruments.map(({ symbol }) => symbol))
    for (const [index, symbol] of value.symbols.entries()) {
      if (described.has(symbol)) continue
      const message = `every symbol needs an entry in ${section}.instruments`
      issues.push({ code: 'custom', path: ['symbols', index], input: symbol, message })
    }
  }

/** What every mode says. All keys are needed unless marked optional: a config file tells the whole story, no default hides in code. */
const common = {
  venue: venueSchema.describe('the exchange'),
  symbols: symbolsSchema,
  barMs: barMsSchema,
  feed: feedSchema.describe('market data'),
  features: featuresSchema.describe('what the model sees; must equal what it was fitted with'),
  model: modelSchema.describe('the forecaster'),
  policy: policySchema.describe('from forecast to target position'),
  risk: riskSchema.describe('hard limits; an order past one is refused'),
  trading: tradingSchema.describe('orders and reconciliation'),
  state: stateSchema.describe('what is kept on disk'),
  alerts: alertsSchema.describe('messages to people'),
  external: externalSchema.optional().describe('where values from outside the exchange come from'),
  tape: tapeSchema,
  bars: barsSchema.optional().describe('record every closed bar, for the trainer; leave out to record none'),
  trainer: trainerSchema.optional().describe('the trainer sidecar; leave out: there is none'),
  oversight: oversightSettingsSchema
    .optional()
    .describe('how the running model is watched; leave out: it is not watched'),
  log: logSchema.describe('log lines on standard error'),
}

const mode = <M extends string>(name: M) =>
  z.literal(name).describe('demo, paper, signal, live, replay, backtest, train or fit')

const demoSchema = z
  .strictObject({
    mode: mode('demo'),
    ...common,
    simulator: simulatorSchema.describe('the bundled exchange simulator'),
  })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
  .check(ordersCanBeSent)
const paperModeSchema = z
  .strictObject({
    mode: mode('paper'),
    ...common,
    simulation: simulationSchema.describe('the simulated venue'),
    paper: paperSchema.describe('the simulated account'),
  })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
const signalSchema = z
  .strictObject({ mode: mode('signal'), ...common })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
const liveModeSchema = z
  .strictObject({ mode: mode('live'), ...common, live: liveSchema.describe('permission to trade with money') })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
  .check(ordersCanBeSent)
const replayModeSchema = z
  .strictObject({
    mode: mode('replay'),
    ...common,
    simulation: simulationSchema.describe('the simulated venue'),
    replay: replaySchema.describe('what the tape leaves out'),
  })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
  .check(everySymbolDescribed('replay'))
const backtestModeSchema = z
  .strictObject({
    mode: mode('backtest'),
    ...common,
    simulation: simulationSchema.describe('the simulated venue'),
    backtest: backtestSchema.describe('data, walk-forward and report'),
  })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)
  .check(everySymbolDescribed('backtest'))

const trainModeSchema = z
  .strictObject({
    mode: mode('train'),
    ...common,
    trainer: trainerSchema.describe('the trainer'),
    train: trainSchema.describe('data, walk-forward and search'),
  })
  .check(limitsAgree)
  .check(featuresAgree)
  .check(groupsAgree)

export const configSchema = z.discriminatedUnion(
  'mode',
  [demoSchema, paperModeSchema, signalSchema, liveModeSchema, replayModeSchema, backtestModeSchema, trainModeSchema],
  { error: 'one of demo, paper, signal, live, replay, backtest, train' },
)

/** A checked configuration; `mode` tells which sections it has. */
export type Config = z.infer<typeof configSchema>
export type Mode = Config['mode']
export type DemoConfig = z.infer<typeof demoSchema>
export type PaperConfig = z.infer<typeof paperModeSchema>
export type ReplayConfig = z.infer<typeof replayModeSchema>
export type BacktestConfig = z.infer<typeof backtestModeSchema>
export type TrainConfig = z.infer<typeof trainModeSchema>
/** Of a run on a clock of its own. */
export type WallConfig = Exclude<Config, ReplayConfig | BacktestConfig | TrainConfig>
