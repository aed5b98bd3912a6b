import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { epochMs } from '../../core/units.ts'
import type { TimedLatency } from '../../simulation/latency/interpolated-latency.ts'

const FILE_MIB_MAX = 256
const HEADER = 'at,feedMs,entryMs,responseMs'
/** Milliseconds: a way that takes longer is a file in another unit. */
const WAY_MS_MAX = 600_000

const ms = z.number().min(0).max(WAY_MS_MAX)
const latencySchema = z.object({ feedMs: ms, entryMs: ms, responseMs: ms })

/** As far as `tickwright divergence --json` is read here. */
const divergenceSchema = z.object({
  report: z.object({
    orders: z.array(z.object({ sentAt: z.number(), latency: latencySchema, latencySource: z.string() })),
  }),
})

/** Sources that measured nothing of their own. */
const UNMEASURED: ReadonlySet<string> = new Set(['interpolated', 'given'])

/**
 * What the orders of a recorded session measured, by the time they were sent: the JSON that `tickwright divergence --json` prints, or a
 * CSV `at,feedMs,entryMs,responseMs`, times in epoch milliseconds. Throws `InputError`.
 */
export function loadLatencies(path: string): readonly TimedLatency[] {
  const text = textOf(path)
  const rows = text.trimStart().startsWith('{') ? fromDivergence(path, text) : fromCsv(path, text)
  if (rows.length === 0)
    throw new InputError(`${path}: no order in it measured its latency; at least one must`, { path })
  return [...rows].sort((a, b) => a.at - b.at)
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path)
    if (size <= FILE_MIB_MAX * 2 ** 20) return readFileSync(path, 'utf8')
    throw new InputError(`${path}: ${size} bytes; latencies of at most ${FILE_MIB_MAX} MiB are read`, { path })
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`simulation.latency.file was ${JSON.stringify(path)}: it cannot be read`, { path }, error)
  }
}

function fromDivergence(path: string, text: string): readonly TimedLatency[] {
  const parsed = divergenceSchema.safeParse(jsonOf(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new InputError(
      `${path}: not what tickwright divergence --json prints: ${issue!.path.join('.')}: ${issue!.message}`,
      { path },
    )
  }
  return parsed.data.report.orders
    .filter(({ latencySource }) => !UNMEASURED.has(latencySource))
    .map(({ sentAt, latency }) => ({ at: epochMs(sentAt), ...latency }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromCsv(path: string, text: string): readonly TimedLatency[] {
  const [header, ...lines] = text.replace(/\r?\n$/, '').split(/\r?\n/)
  if (header !== HEADER) {
    throw new InputError(`${path}: line 1 was ${JSON.stringify(header?.slice(0, 80))}; it must be ${HEADER}`, { path })
  }
  return lines.map((line, index) => rowOf(path, index + 2, line))
}

function rowOf(path: string, line: number, text: string): TimedLatency {
  const refuse = (name: string, value: string | undefined, rule: string) =>
    new InputError(`${path}: ${name} of line ${line} was ${JSON.stringify(value)}; it must be ${rule}`, { path, line })
  const cells = text.split(',')
  const names = HEADER.split(',')
  if (cells.length !== names.length) throw refuse('the row', text.slice(0, 80), `${names.length} values`)
  const [at, feedMs, entryMs, responseMs] = cells.map((cell, index) => {
    const value = cell.trim() === '' ? Number.NaN : Number(cell)
    const isTime = index === 0
    const isFit = Number.isFinite(value) && value >= 0 && (isTime || value <= WAY_MS_MAX)
    if (!isFit)
      throw refuse(names[index]!, cell, isTime ? 'epoch milliseconds' : `milliseconds from 0 to ${WAY_MS_MAX}`)
    return value
  })
  return { at: epochMs(at!), feedMs: feedMs!, entryMs: entryMs!, responseMs: responseMs! }
}
