import { join } from 'node:path'
import type { CcxtFeed, FeedRecorder } from '../../adapters/ccxt/market-feed.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { systemScheduler } from '../../adapters/clock/system-scheduler.ts'
import { TAPE_FORMAT } from '../../adapters/tape/tape-control.ts'
import { createTapeWriter, type TapeWriter } from '../../adapters/tape/tape-writer.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { seededRandom } from '../../core/random.ts'
import { sequencer } from '../../market/sequencer.ts'
import { loadConfig } from '../config/load-config.ts'
import type { WallConfig } from '../config/schema.ts'
import { stopSwitch } from '../daemon/stop-switch.ts'
import { type Edges, openFeed } from '../daemon/venues.ts'
import { findOrStartExchange, stopExchange } from '../demo/exchange-process.ts'
import type { Io } from '../io.ts'
import { programName } from '../tape/program-name.ts'
import { tapeRecorder } from '../tape/tape-recorder.ts'

export interface RecordOptions {
  readonly config: string
  /** Folder of the tapes; undefined: the config's `tape.dir`, else `tapes` in its state folder. */
  readonly dir?: string
  /** Stops by itself; undefined: runs until stopped. */
  readonly minutes?: number
  readonly json: boolean
}

/** The last JSON line. */
interface RecordSummary {
  readonly files: readonly string[]
  readonly frames: number
  readonly controls: number
  /** Compressed. */
  readonly bytes: number
  /** Lines that were dropped: the disk was too slow. */
  readonly lost: number
  /** Of the feed and of the sequence, all instruments together. */
  readonly gaps: number
  readonly seconds: number
  readonly stopped: string
}

const DAY_MS = 86_400_000
const ROTATE_BYTES = 1_000_000_000
const QUEUE_BYTES_MAX = 256 * 1_024 * 1_024
const TELL_MS = 10_000
const MINUTE_MS = 60_000

/** Records the market data of a configuration's venue and symbols until stopped. Throws `InputError` for settings that cannot be. */
export async function recordCommand(options: RecordOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  if (config.mode === 'replay' || config.mode === 'backtest' || config.mode === 'train') {
    throw new InputError(
      `config ${options.config}: mode was ${config.mode}; recording needs a venue, so any other mode`,
    )
  }
  if (config.mode !== 'demo') return run(config, config.venue.baseUrl, options, io)
  const portFile = join(config.state.dir, 'demo-exchange.json')
  const { port, idleExitMs } = config.simulator
  const args = ['--config', options.config, '--port', String(port), '--idle-exit-ms', String(idleExitMs)]
  const exchange = await findOrStartExchange(portFile, args)
  try {
    return await run(config, `http://127.0.0.1:${exchange.port}`, options, io)
  } finally {
    // One that was running before may serve somebody else.
    if (!exchange.attached) stopExchange(exchange, portFile)
  }
}

async function run(config: WallConfig, baseUrl: string | undefined, options: RecordOptions, io: Io): Promise<number> {
  const clock = systemClock()
  const edges: Edges = { clock, scheduler: systemScheduler(), random: seededRandom(Math.floor(clock.now())) }
  const stop = stopSwitch()
  const ending = new AbortController()
  const release = io.onStop(stop.ask)
  // The instruments that the tape begins with are known when the feed has asked for them.
  let recorder: FeedRecorder | undefined
  const feed = openFeed(config, baseUrl, edges, {
    frame: (text, receivedAt, socketUrl) => recorder?.frame(text, receivedAt, socketUrl),
    event: (event) => recorder?.event(event),
  })
  let writer: TapeWriter | undefined
  try {
    const instruments = await feed.instruments(config.symbols)
    writer = await openWriter(config, options, instruments, edges, io)
    recorder = tapeRecorder(writer, config.venue.id)
    const gaps = follow(feed, config.symbols)
    const startedAt = clock.monotonicMs()
    await feed.start()
    io.out(`recording ${config.symbols.join(', ')} of ${config.venue.id} to ${writer.counts().files[0]}. Ctrl-C stops.`)
    io.ready()
    const { signal } = ending
    void tell(writer, gaps, edges, signal, io)
    if (options.minutes !== undefined) {
      const minutes = options.minutes
      void edges.scheduler.sleep(minutes * MINUTE_MS, signal).then(() => stop.ask(`${minutes} minutes`))
    }
    const stopped = await stop.asked
    const told = { gaps: gaps(), seconds: (clock.monotonicMs() - startedAt) / 1_000, stopped }
    await feed.close() // Its last events end the tape.
    await writer.close()
    const summary = { ...writer.counts(), ...told }
    io.out(options.json ? JSON.stringify(summary) : summaryText(summary))
    return 0
  } finally {
    ending.abort()
    release()
    await feed.close()
    await writer?.close()
  }
}

function openWriter(
  config: WallConfig,
  options: RecordOptions,
  instruments: readonly Instrument[],
  { clock }: Edges,
  io: Io,
): Promise<TapeWriter> {
  const [first] = instruments
  const name = instruments.length === 1 ? first?.venueSymbol.toLowerCase() : `${instruments.length}-instruments`
  let said = ''
  return createTapeWriter({
    dir: options.dir ?? config.tape?.dir ?? join(config.state.dir, 'tapes'),
    prefix: `${config.venue.id}-${name}`,
    rotateMs: config.tape?.rotateMs ?? DAY_MS,
    rotateBytes: config.tape?.rotateBytesMax ?? ROTATE_BYTES,
    queueBytesMax: config.tape?.queueBytesMax ?? QUEUE_BYTES_MAX,
    clock,
    session: {
      ...{
        format: TAPE_FORMAT,
        program: programName(),
        venueId: config.venue.id,
        mode: 'record',
        instruments,
        streams: [],
      },
      startedAt: clock.now(),
    },
    onError: ({ message }) => {
      if (message !== said) io.err(`tape: ${message}`)
      said = message
    },
  })
}

/** A break in the sequence is seen by a sequencer only, and a tape goes on well only if a new book is asked for. */
function follow(feed: CcxtFeed, symbols: readonly string[]): () => number {
  let gaps = 0
  for (const symbol of symbols) {
    const order = sequencer()
    feed.events(symbol).subscribe((event) => {
      // A lost connection brings a gap of its own; what else the sequencer finds is one more.
      const isLoss = event.kind !== 'connection'
      const wantsBook = order.step(event, ({ kind }) => {
        if (kind === 'gap' && isLoss) gaps += 1
      })
      if (wantsBook) feed.resync(symbol)
    })
  }
  return () => gaps
}

async function tell(
  writer: TapeWriter,
  gaps: () => number,
  { scheduler }: Edges,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  for (;;) {
    await scheduler.sleep(TELL_MS, signal)
    if (signal.aborted) return
    const { frames, bytes, lost } = writer.counts()
    io.out(`${frames} frames, ${gaps()} gaps, ${bytes} bytes on disk${lost > 0 ? `, ${lost} lines dropped` : ''}`)
  }
}

function summaryText({ frames, gaps, bytes, seconds, files, lost, stopped }: RecordSummary): string {
  return (
    `stopped (${stopped}) after ${seconds.toFixed(0)} s: ${frames} frames, ${gaps} gaps, ${lost} lines dropped, ` +
    `${bytes} bytes in ${files.length} files, the last ${files.at(-1)}`
  )
}
