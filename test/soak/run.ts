import { fork } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createCcxtFeed } from '../../src/adapters/ccxt/market-feed.ts'
import { binanceusdm } from '../../src/adapters/ccxt/venues/binanceusdm.ts'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../src/adapters/clock/system-scheduler.ts'
import { converter } from '../../src/core/instrument.ts'
import { seededRandom } from '../../src/core/random.ts'
import { instrumentPipeline } from '../../src/features/market-pipeline.ts'
import { binanceFrameMapper } from '../../src/market/venues/binance.ts'
import type { FloodReport, FloodSettings } from './flood-server.ts'
import { slopePerHour } from './slope.ts'
import { watchSymbol } from './watch-symbol.ts'

const BAR_MS = 1_000
const SAMPLE_MS = 1_000
/** Memory is read right after a full collection: what waits to be collected is no leak. */
const COLLECT_MS = 10_000
/** How long books may need after the last harm: snapshots are rationed by the minute. */
const HEAL_MS_MAX = 90_000
/** Of the run, before memory is measured: code compiles, buffers grow to their size. */
const WARM_FRACTION = 0.25
const MIB = 1_048_576

/** `npm run soak -- --minutes 10 [--instruments 50] [--rate 20000] [--no-faults]`; one JSON line last. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      instruments: { type: 'string', default: '50' },
      rate: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      'no-faults': { type: 'boolean', default: false },
    },
  })
  const seconds = Number(values.minutes) * 60
  const settings: FloodSettings = {
    seed: Number(values.seed),
    instruments: Number(values.instruments),
    messagesPerSecond: Number(values.rate),
    faults: !values['no-faults'],
  }
  for (const value of [seconds, settings.instruments, settings.messagesPerSecond]) {
    if (!(value > 0)) throw new Error('--minutes, --instruments and --rate must be numbers above 0')
  }
  const result = await soak(settings, seconds)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  return result.silentHoles === 0 && result.unsynced === 0 ? 0 : 1
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function soak(settings: FloodSettings, seconds: number) {
  const flood = await startFlood(settings)
  const symbols = Array.from({ length: settings.instruments }, (_, nth) => `C${String(nth).padStart(2, '0')}/USDT:USDT`)
  const clock = systemClock()
  const feed = createCcxtFeed({
    clock,
    scheduler: systemScheduler(),
    random: seededRandom(settings.seed),
    profile: binanceusdm,
    mapperOf: binanceFrameMapper,
    baseUrl: `http://127.0.0.1:${flood.last().port}`,
    symbols,
    barMs: BAR_MS,
  })
  const pipelines = new Map(
    (await feed.instruments(symbols)).map((instrument) => [
      instrument.symbol,
      instrumentPipeline({ converter: converter(instrument), bar: { kind: 'time', ms: BAR_MS } }),
    ]),
  )
  const tallies = [...pipelines].map(([symbol, pipeline]) => {
    const watched = watchSymbol(
      pipeline,
      () => feed.resync(symbol),
      () => clock.monotonicMs(),
    )
    feed.events(symbol).subscribe((event) => watched.onEvent(event))
    return watched.tally
  })
  await feed.start()
  const memory = await sampled(seconds, (at) => {
    if (Math.round(at) % 30 === 0) progress(at, flood.last(), sum(tallies, 'deltas'))
  })
  const minutesSent = flood.last()
  flood.say('calm')
  const isWhole = () => [...pipelines.values()].every(({ synced }) => synced)
  const calmAt = performance.now()
  while (!isWhole() && performance.now() - calmAt < HEAL_MS_MAX) await sleep(100)
  const healMs = Math.round(performance.now() - calmAt)
  const unsynced = [...pipelines.values()].filter(({ synced }) => !synced).length
  flood.say('silent')
  while (!flood.last().isSilent) await sleep(SAMPLE_MS)
  await sleep(2 * SAMPLE_MS) // What is on its way arrives.
  const counts = feed.counts()
  const sent = flood.last()
  await feed.close()
  flood.stop()
  const total = (key: keyof (typeof tallies)[number]): number => sum(tallies, key)
  return {
    name: 'soak',
    ...settings,
    seconds,
    sentMessages: sent.sent,
    sentPerSecond: Math.round(minutesSent.sent / seconds),
    behindMessages: sent.behind,
    deltasSent: sent.deltas,
    deltasSeen: total('deltas'),
    tradesSent: sent.trades,
    tradesSeen: total('trades'),
    harm: {
      dropped: sent.droppedFrames,
      repeated: sent.repeatedFrames,
      broken: sent.brokenFrames,
      cut: sent.cutSockets,
    },
    gaps: total('gaps'),
    malformed: counts.malformed,
    socketsLost: counts.downs,
    snapshots: counts.snapshots,
    resyncs: total('resyncs'),
    bars: total('bars'),
    holes: total('holes'),
    silentHoles: total('silentHoles'),
    voidMsMax: Math.round(Math.max(...tallies.map(({ voidMsMax }) => voidMsMax))),
    healMs,
    unsynced,
    ...memory,
  }
}

const sum = <K extends string>(rows: readonly Record<K, number>[], key: K): number =>
  rows.reduce((total, row) => total + row[key], 0)

const progress = (at: number, { sent, behind }: FloodReport, deltas: number): void => {
  const rss = Math.round(process.memoryUsage().rss / MIB)
  process.stderr.write(
    `soak: ${Math.round(at)} s, ${sent} sent (${behind} behind), ${deltas} deltas seen, ${rss} MiB\n`,
  )
}

/** Slopes of heap and RSS over the warm part, and how long the loop was kept waiting. */
async function sampled(seconds: number, eachSecond: (at: number) => void) {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const startedAt = performance.now()
  const rows: { at: number; heap: number; rss: number }[] = []
  for (let next = SAMPLE_MS; next <= seconds * 1_000; next += SAMPLE_MS) {
    await sleep(Math.max(0, startedAt + next - performance.now()))
    eachSecond(next / 1_000)
    if (next % COLLECT_MS !== 0) continue
    collect()
    const { heapUsed, rss } = process.memoryUsage()
    rows.push({ at: (performance.now() - startedAt) / 1_000, heap: heapUsed / MIB, rss: rss / MIB })
  }
  delay.disable()
  const warm = rows.filter(({ at }) => at > seconds * WARM_FRACTION)
  const { user, system } = process.cpuUsage()
  return {
    heapMiBPerHour: slopePerHour(warm.map(({ at, heap }) => [at, heap])),
    rssMiBPerHour: slopePerHour(warm.map(({ at, rss }) => [at, rss])),
    rssMiBMax: Math.round(Math.max(...rows.map(({ rss }) => rss))),
    cpuShare: Number(((user + system) / 1e6 / ((performance.now() - startedAt) / 1_000)).toFixed(2)),
    loopDelayMsP99: Number((delay.percentile(99) / 1e6).toFixed(1)),
    loopDelayMsMax: Number((delay.max / 1e6).toFixed(1)),
  }
}

/** The flood in a process of its own, as a venue is. */
async function startFlood(settings: FloodSettings) {
  const file = fileURLToPath(new URL('./flood-server.ts', import.meta.url))
  const child = fork(file, [JSON.stringify(settings)], { execArgv: ['--import', 'tsx'] })
  let last: FloodReport | undefined
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (report) => {
      last = report as FloodReport
      resolve()
    })
    child.once('exit', (code) => reject(new Error(`the flood ended with ${code}`)))
  })
  await ready
  return {
    last: () => last as FloodReport,
    say: (mood: 'calm' | 'silent') => child.send(mood),
    stop: () => child.disconnect(),
  }
}

process.exitCode = await main()
