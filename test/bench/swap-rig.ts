import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../src/adapters/clock/system-scheduler.ts'
import { workerRuntime } from '../../src/adapters/onnx/worker-runtime.ts'
import type { Instrument } from '../../src/core/instrument.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import { type ModelChange, type ModelService, modelService } from '../../src/inference/model-service.ts'
import { FRESH_GUARD } from '../../src/risk/guard.ts'
import type { DecisionRecord } from '../../src/trading/journal-records.ts'
import { loadConfig } from '../../src/wiring/config/load-config.ts'
import { modelLoader } from '../../src/wiring/daemon/load-model.ts'
import type { Desk } from '../../src/wiring/session/desk.ts'
import { createSession, type Session } from '../../src/wiring/session/session.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { ridgeFamily } from '../wiring/daemon/ridge-family.ts'
import { marketClip } from './market-clip.ts'

const CONFIG = 'config/demo.yaml'
/** Going round, each is loaded anew: of three, only the one before is kept. */
const VERSIONS = ['a', 'b', 'c']
/** Fills the windows before anything is counted. */
const WARM_UP_BARS = 20
const FLAT: Desk = {
  position: () => ({ lots: 0, entryTicks: 0 }),
  openLots: () => ({ buy: 0, sell: 0 }),
  freezes: () => new Set(),
  walletQuote: () => 10_000,
  commit: (decided) => decided.map(() => ({ kind: 'recorded' })),
}

export interface SwapRun {
  readonly swaps: number
  /** Ends of bars, and decisions: one for each instrument. */
  readonly bars: number
  readonly decisions: number
  /** Decisions without a forecast, and bars that an instrument did not decide. */
  readonly missed: number
  /** Ends of bars at which two instruments were decided by two models. */
  readonly mixed: number
  readonly refused: number
  /** How long the switch itself held up the bars that it came before. */
  readonly switchMs: readonly number[]
  /** From the last event of a bar to its decisions: of bars that a switch came before, and of the others. */
  readonly switchedMs: readonly number[]
  readonly otherMs: readonly number[]
  /** Delay of this thread's event loop while models are loaded, milliseconds. */
  readonly stallMsP99: number
  readonly stallMsMax: number
}

export interface SwapRigOptions {
  /** For the models. */
  readonly folder: string
  readonly instruments: number
  /** 0: only bars. */
  readonly swaps: number
  /** Where there are no swaps; else it goes on until the last of them. */
  readonly bars?: number
  onSwap?(nth: number): void
}

/** Bars as fast as they can be decided, while one model after another is loaded from disk, proved, warmed and switched to. */
export async function swapRun(options: SwapRigOptions): Promise<SwapRun> {
  const { folder, instruments, swaps, bars: least = 0, onSwap } = options
  const clock = systemClock()
  const scheduler = systemScheduler()
  const config = loadConfig(CONFIG)
  const own = { ...config, model: { ...config.model, path: folder, provider: 'cpu' as const } }
  const time = { runMsMax: 10_000, scheduler }
  const loader = await modelLoader(own, clock, workerRuntime(), { time, batch: instruments })
  await ridgeFamily(
    folder,
    loader.schema,
    VERSIONS.map((version, seed) => ({ version, seed: seed + 1 })),
  )
  const count = { swaps: 0, refused: 0 }
  const onChange = ({ kind }: ModelChange): void => {
    count[kind === 'swapped' ? 'swaps' : 'refused'] += 1
    if (kind === 'swapped') onSwap?.(count.swaps)
  }
  const [version = ''] = VERSIONS
  const inForce = await loader.load(version)
  const service = modelService({
    version,
    inForce,
    load: (name) => loader.load(name),
    keepMs: 60_000,
    scheduler,
    onChange,
  })
  const switchMs: number[] = []
  const market = bench(instruments, loader.schema, [{ source: watched(service, switchMs) }])
  await market.bars(0, WARM_UP_BARS)
  market.begin()
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const timings = { switched: [] as number[], other: [] as number[] }
  let bars = 0
  const offering = offerAll(service, swaps, () => count.swaps)
  while (count.swaps < swaps || bars < least) {
    const before = count.swaps
    const ms = await market.bars(WARM_UP_BARS + bars, 1)
    timings[count.swaps > before ? 'switched' : 'other'].push(ms)
    bars += 1
  }
  stalls.disable()
  await offering
  await service.close()
  return {
    ...count,
    ...market.verdict(bars),
    bars,
    ...{ switchMs, switchedMs: timings.switched, otherMs: timings.other },
    stallMsP99: stalls.percentile(99) / 1e6,
    stallMsMax: stalls.max / 1e6,
  }
}

/** One after another: the next is offered when the last one decides. */
async function offerAll(service: ModelService, swaps: number, done: () => number): Promise<void> {
  for (let nth = 1; nth <= swaps; nth += 1) {
    await service.offer(VERSIONS[nth % VERSIONS.length]!)
    while (done() < nth) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The time that each switch takes. */
const watched = (service: ModelService, switchMs: number[]) => ({
  steps: service.steps,
  take() {
    const before = service.inForce
    const from = performance.now()
    const model = service.take()
    if (model !== before) switchMs.push(performance.now() - from)
    return model
  },
})

function bench(count: number, schema: Parameters<typeof createSession>[0]['schema'], models: SessionModels) {
  const instruments = Array.from({ length: count }, (_, nth): Instrument => {
    return { ...BTCUSDT, symbol: `C${nth}/USDT:USDT`, venueSymbol: `C${nth}USDT`, base: `C${nth}` }
  })
  const config = loadConfig(CONFIG)
  const session: Session = createSession({
    ...{ instruments, schema, models, desk: FLAT, clock: { monotonicMs: () => performance.now() } },
    settings: { policy: config.policy, limits: config.risk, collarBps: 5, ledgerTag: 'bench' },
    ...{ staleMsMax: 5_000, lateMsMax: 1_000, guard: FRESH_GUARD },
    exchangeTimeOf: (local) => local,
    resync: () => undefined,
  })
  let judged = judge()
  session.events$.subscribe((event) => {
    if (event.kind === 'decided') judged.add(event.record)
  })
  const clips = instruments.map((instrument, nth) => marketClip(instrument, nth + 1))
  for (const clip of clips) void session.handle(clip.snapshot())
  return {
    begin() {
      judged = judge()
    },
    verdict: (bars: number) => judged.verdict(bars, count),
    /** Milliseconds from the first watermark of the last bar to its decisions. */
    async bars(from: number, wanted: number): Promise<number> {
      let fromMs = 0
      for (let nth = from; nth < from + wanted; nth += 1) {
        for (const clip of clips) for (const event of clip.bar(nth)) void session.handle(event)
        fromMs = performance.now()
        for (const clip of clips) await session.handle(clip.watermark(nth))
      }
      return performance.now() - fromMs
    },
  }
}

type SessionModels = Parameters<typeof createSession>[0]['models']

/** Counts as they come: what is kept would look like a leak. */
function judge() {
  const count = { decisions: 0, without: 0, mixed: 0 }
  let endAt = 0
  let models = new Set<string | null>()
  return {
    add({ barEndAt, modelId, forecast }: DecisionRecord): void {
      if (barEndAt !== endAt) models = new Set()
      endAt = barEndAt
      const before = models.size
      models.add(modelId)
      if (before === 1 && models.size === 2) count.mixed += 1
      count.decisions += 1
      if (!forecast || !isForecast(forecast)) count.without += 1
    },
    /** Of `bars` ends of bars. */
    verdict: (bars: number, instruments: number) => ({
      decisions: count.decisions,
      missed: count.without + (bars * instruments - count.decisions),
      mixed: count.mixed,
    }),
  }
}
