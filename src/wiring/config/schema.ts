import { z } from 'zod'
import { featuresSchema, modelSchema, policySchema, riskSchema } from './decision-sections.ts'
import { barMsSchema, feedSchema, symbolsSchema, venueSchema } from './market-sections.ts'
import { liveSchema, paperSchema, replaySchema, simulatorSchema } from './mode-sections.ts'
import { alertsSchema, logSchema, stateSchema, tradingSchema } from './running-sections.ts'

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
  log: logSchema.describe('log lines on standard error'),
}

const mode = <M extends string>(name: M) => z.literal(name).describe('demo, paper, signal, live, replay or fit')

const demoSchema = z.strictObject({
  mode: mode('demo'),
  ...common,
  simulator: simulatorSchema.describe('the bundled exchange simulator'),
})
const paperModeSchema = z.strictObject({
  mode: mode('paper'),
  ...common,
  paper: paperSchema.describe('the simulated account'),
})
const signalSchema = z.strictObject({ mode: mode('signal'), ...common })
const liveModeSchema = z.strictObject({
  mode: mode('live'),
  ...common,
  live: liveSchema.describe('permission to trade with money'),
})
const replayModeSchema = z
  .strictObject({
    mode: mode('replay'),
    ...common,
    replay: replaySchema.describe('what the tape leaves out'),
  })
  .check(({ value, issues }) => {
    const described = new Set(value.replay.instruments.map(({ symbol }) => symbol))
    value.symbols.forEach((symbol, index) => {
      if (described.has(symbol)) return
      issues.push({
        code: 'custom',
        path: ['symbols', index],
        input: symbol,
        message: 'every symbol needs an entry in replay.instruments',
      })
    })
  })

export const configSchema = z.discriminatedUnion(
  'mode',
  [demoSchema, paperModeSchema, signalSchema, liveModeSchema, replayModeSchema],
  { error: 'one of demo, paper, signal, live, replay' },
)

/** A checked configuration; `mode` tells which sections it has. */
export type Config = z.infer<typeof configSchema>
export type Mode = Config['mode']
export const MODES = ['demo', 'paper', 'signal', 'live', 'replay'] as const satisfies readonly Mode[]
export type DemoConfig = z.infer<typeof demoSchema>
export type PaperConfig = z.infer<typeof paperModeSchema>
export type SignalConfig = z.infer<typeof signalSchema>
export type LiveConfig = z.infer<typeof liveModeSchema>
export type ReplayConfig = z.infer<typeof replayModeSchema>
