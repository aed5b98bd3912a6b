import { parentPort, workerData } from 'node:worker_threads'
import { check } from '../../core/check.ts'
import { TransientError } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import { featureEngine } from '../../features/feature-engine.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { FeatureSettings } from '../../features/feature-settings.ts'
import type { CandleSeries } from '../../market/candles/candle.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import { startThread } from '../sweep/serve-trials.ts'
import { CandleLane } from './candle-lane.ts'
import { candleAt, type PackedCandles, packCandles } from './packed-candles.ts'
import { packWindows, unpackWindow, type WindowChunk } from './window-chunk.ts'
import { type MomentWindows, type WindowSource, windowsHere } from './window-source.ts'

/** Moments that are handed over at once, and how many such lots may wait: the thread is never further ahead. */
const MOMENTS = 512
const LOTS_MAX = 4

const MARK = 'tickwright-window-thread'

interface ThreadLane extends Pick<CandleSeries, 'barMs' | 'funding' | 'markCloses' | 'filled'> {
  readonly instrument: Instrument
  readonly candles: PackedCandles
}

/** Everything that the thread needs; then it is asked for lots, one number of moments each. */
interface Task {
  readonly settings: FeatureSettings
  readonly steps: number
  readonly halfSpreadBps: number
  readonly lanes: readonly ThreadLane[]
}

/** Of each instrument. */
type Lot = readonly WindowChunk[]

export interface ThreadedWindows {
  readonly schema: FeatureSchema
  readonly steps: number
  readonly halfSpreadBps: number
  readonly series: readonly CandleSeries[]
  /** Where the bars of the windows come from, in the order of the series. */
  readonly lanes: readonly CandleLane[]
}

/** The same windows, bit for bit, computed in a thread of their own while bars before them are decided. */
export function windowsOfThread(settings: ThreadedWindows): WindowSource {
  const { schema, lanes, series } = settings
  const count = series[0]!.candles.length
  const lots = new Lots(taskOf(settings), count)
  let index = 0
  let lot: Lot | undefined
  let at = 0
  return {
    async next(wanted) {
      const moments: MomentWindows[] = []
      for (const until = index + wanted; index < until; index += 1) {
        if (!lot || at === lot[0]!.ready.length) {
          lot = await lots.take()
          at = 0
        }
        const [chunks, nth] = [lot, at]
        moments.push(lanes.map((lane, which) => unpackWindow(chunks[which]!, nth, lane.bar(index), schema.hash)))
        at += 1
      }
      return moments
    },
    close: () => lots.close(),
  }
}

function taskOf({ schema, steps, halfSpreadBps, series, lanes }: ThreadedWindows): Task {
  return {
    ...{ settings: schema.settings, steps, halfSpreadBps },
    lanes: series.map(({ barMs, funding, markCloses, filled, candles }, at) => ({
      instrument: lanes[at]!.converter.instrument,
      candles: packCandles(candles),
      ...{ barMs, funding },
      ...(markCloses && { markCloses }),
      ...(filled && { filled }),
    })),
  }
}

/** Lots as they come out of the thread, at most `LOTS_MAX` of them on their way or waiting. */
class Lots {
  readonly #thread = startThread(import.meta.url, MARK)
  readonly #waiting: Lot[] = []
  #left: number
  #wanted: { resolve(lot: Lot): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  constructor(task: Task, moments: number) {
    this.#left = moments
    this.#thread.on('message', (lot: Lot) => this.#came(lot))
    this.#thread.on('error', (error) => this.#fail(error))
    this.#thread.on('exit', (code) => this.#fail(new TransientError(`the thread of the features ended: ${code}`)))
    this.#thread.postMessage(task)
    for (let nth = 0; nth < LOTS_MAX; nth += 1) this.#ask()
  }

  take(): Promise<Lot> {
    check(this.#wanted === undefined, 'lots asked for at once', 2)
    const lot = this.#waiting.shift()
    if (lot) {
      this.#ask()
      return Promise.resolve(lot)
    }
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      else this.#wanted = { resolve, reject }
    })
  }

  async close(): Promise<void> {
    this.#thread.removeAllListeners('exit')
    await this.#thread.terminate()
  }

  #ask(): void {
    const moments = Math.min(MOMENTS, this.#left)
    this.#left -= moments
    if (moments > 0) this.#thread.postMessage(moments)
  }

  #came(lot: Lot): void {
    const wanted = this.#wanted
    this.#wanted = undefined
    if (!wanted) {
      this.#waiting.push(lot)
      return
    }
    this.#ask()
    wanted.resolve(lot)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wanted?.reject(this.#failure)
    this.#wanted = undefined
  }
}

/** The thread's side. */
async function sourceOf({ settings, steps, halfSpreadBps, lanes }: Task): Promise<WindowSource> {
  const schema = await loadFeatureSchema(settings)
  const made = lanes.map(({ instrument, candles, ...series }) => {
    const candle = (index: number) => candleAt(candles, index)
    return new CandleLane(converter(instrument), { ...series, candle }, halfSpreadBps)
  })
  const converters = made.map((lane) => lane.converter)
  return windowsHere(featureEngine({ schema, converters, steps }), made)
}

async function lotOf(source: WindowSource, moments: number): Promise<Lot> {
  const windows = await source.next(moments)
  return windows[0]!.map((_, lane) => packWindows(windows.map((moment) => moment[lane]!)))
}

if (parentPort && workerData === MARK) {
  const port = parentPort
  let source: Promise<WindowSource> | undefined
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: Task | number) => {
    if (typeof message !== 'number') {
      source = sourceOf(message)
      return
    }
    // What it throws ends the thread: the other side hears of it.
    last = last.then(async () => {
      port.postMessage(await lotOf(await source!, message))
    })
  })
}
