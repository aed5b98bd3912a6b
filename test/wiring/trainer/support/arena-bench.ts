import { normal, seededRandom } from '../../../../src/core/random.ts'
import type { FeatureWindow } from '../../../../src/features/feature-row.ts'
import type { Forecast, NoForecast } from '../../../../src/inference/forecast.ts'
import type { Forecaster, ModelWindow } from '../../../../src/inference/forecaster.ts'
import type { Bar } from '../../../../src/market/bar.ts'
import { LEVELS } from '../../../../src/model/forecaster-outputs.ts'
import { normalCdf, normalQuantile } from '../../../../src/model/heads/normal-quantile.ts'
import { demoMarkets } from '../../../../src/simulation/exchange/demo-markets.ts'
import { gateSettingsSchema } from '../../../../src/training/gate/gate-settings.ts'
import { loadConfig } from '../../../../src/wiring/config/load-config.ts'
import { liveBaseline } from '../../../../src/wiring/trainer/live-baseline.ts'
import { type ArenaParts, ShadowArena } from '../../../../src/wiring/trainer/shadow-arena.ts'
import { barOf } from '../../../features/bars.ts'

const config = loadConfig('config/demo.yaml')
const { simulation, startingBalance } = config.trainer!
const instruments = [demoMarkets(0)[0]!.instrument]
/** Market of every test: mid prices in half ticks, one a second; steps of 10 basis points. */
const START = 1_700_000_000
const NOISE_BPS = 3
const Z = LEVELS.map(normalQuantile)
const random = seededRandom(9)
const TICKS: number[] = [600_000]
while (TICKS.length < 2_000) TICKS.push(Math.round(TICKS.at(-1)! * Math.exp(1e-3 * normal(random))))

const terms = { ...config, simulation, startingBalance, instruments }
export const atSecond = (second: number): number => (START + second) * 1_000

/** The bar that ends at that second. */
export const marketBar = (second: number, changes: Partial<Bar> = {}): Bar => {
  const [before, bid] = [TICKS[second - 1]! / 10, TICKS[second]!]
  const close = bid / 10
  return barOf(START + second, {
    ...{
      bidTicks: bid,
      askTicks: bid + 1,
      open: before,
      high: Math.max(before, close),
      low: Math.min(before, close),
      close,
    },
    ...{ markPrice: close, indexPrice: close, quoteVolume: 1e7, buyVolume: 100, sellVolume: 100, ...changes },
  })
}

export const windowOf = (bar: Bar): FeatureWindow => ({
  ...{ values: new Float32Array(1), steps: 1, ready: true },
  row: { bar, ready: true, schemaHash: 'a', values: new Float32Array(1) },
})

const barIn = (window: ModelWindow): Bar => (window as FeatureWindow).row.bar

/** `sees`: the next bar's return, with noise. `blind`: nothing but the deviation. `mute`: never an answer. */
export type Kind = 'sees' | 'blind' | 'mute'

export function stubModel(modelId: string, kind: Kind, horizonBars = 1): Forecaster & { released: number } {
  const noise = seededRandom(modelId.length)
  const say = (window: ModelWindow): Forecast | NoForecast => {
    if (kind === 'mute') return { modelId, failure: 'it is out of order' }
    const second = barIn(window).endAt / 1_000 - START
    const realised = 10_000 * Math.log(TICKS[second + horizonBars]! / TICKS[second]!)
    const meanBps = kind === 'sees' ? realised + NOISE_BPS * normal(noise) : 0
    const volatilityBps = kind === 'sees' ? NOISE_BPS : 10
    const up = 1 - normalCdf((1 - meanBps) / volatilityBps)
    const down = normalCdf((-1 - meanBps) / volatilityBps)
    return {
      ...{ modelId, provider: 'cpu', horizonBars, levels: LEVELS, meanBps, volatilityBps, latencyMs: 0 },
      quantilesBps: Z.map((z) => meanBps + z * volatilityBps),
      classes: [down, 1 - down - up, up],
    }
  }
  const model = {
    ...{ modelId, provider: 'cpu', steps: 1, features: 1, horizonBars, thresholdBps: 1, released: 0 },
    forecast: async (windows: readonly ModelWindow[]) => windows.map(say),
    async release() {
      model.released += 1
    },
  }
  return model
}

/** An arena of stub models. `current`: what decides. */
export function arenaBench(models: Readonly<Record<string, () => Forecaster>>, changes: Partial<ArenaParts> = {}) {
  const held = { current: 'old' as string | undefined }
  const loaded: string[] = []
  const forecasts: (readonly [string, number])[] = []
  const problems: string[] = []
  const arena = new ShadowArena({
    ...{ terms, barsMax: 150 },
    gate: gateSettingsSchema.parse({
      barsMin: 100,
      tradesMin: 5,
      resamples: 500,
      coverageErrorMax: 0.2,
      classErrorMax: 0.4,
    }),
    champion: async () => held.current,
    async load(version) {
      loaded.push(version)
      return models[version]!()
    },
    baseline: liveBaseline,
    trials: () => ({ count: 1 }),
    onForecasts: (version, said) =>
      forecasts.push(...said.map(({ barEndAt }) => [version, barEndAt / 1_000 - START] as const)),
    onProblem: (text) => problems.push(text),
    ...changes,
  })
  const challengers = (...versions: readonly string[]) => ({
    challengers: versions.map((version) => ({ version, since: new Date(atSecond(0)).toISOString() })),
  })
  /** Shows bars until one is judged. Undefined: none was. */
  async function show(from: number, to: number, roster = challengers('new'), decidesSince?: number) {
    for (let second = from; second <= to; second += 1) {
      await arena.sync(roster, decidesSince)
      const judged = await arena.step([windowOf(marketBar(second))])
      if (judged.length > 0) return { second, judged }
    }
    return undefined
  }
  return { arena, held, loaded, forecasts, problems, challengers, show }
}
