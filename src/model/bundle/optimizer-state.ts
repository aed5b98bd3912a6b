import { createHash } from 'node:crypto'
import { check } from '../../core/check.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import { type JsonObject, settingsProblem } from './plain-json.ts'

/** All that training needs to go on as if it had never stopped. */
export interface OptimizerState {
  /** Updates so far. */
  readonly step: number
  /** Other positions and figures by name, finite: epoch, best loss, state of the schedule. */
  readonly counters: Readonly<Record<string, number>>
  /** Of the optimiser and its schedule; training with others is no continuation. */
  readonly settings: JsonObject
  /** Flat float32 vectors by name, finite: `weights`, `best`, moments. */
  readonly vectors: Readonly<Record<string, Float32Array>>
}

/*
 * Layout, little-endian:
 *   8 bytes  magic
 *   uint32   format
 *   uint32   bytes of the header
 *   header   JSON: step, counters, settings, vectors [{name, length}]
 *   vectors  float32, one after another in the header's order
 *   32 bytes SHA-256 of all before
 */
const MAGIC = 'TWOPTIM\n'
const FORMAT = 1
const HEAD_BYTES = 16
const HEADER_BYTES_MAX = 1_048_576
const CHECKSUM_BYTES = 32
const VECTORS_MAX = 16
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

interface Header extends Omit<OptimizerState, 'vectors'> {
  readonly vectors: readonly { readonly name: string; readonly length: number }[]
}

/** The content of `optimizer.bin`. Equal states give equal bytes. What is not finite is a bug: `InvariantError`. */
export function encodeOptimizerState({ step, counters, settings, vectors }: OptimizerState): Uint8Array {
  const entries = Object.entries(vectors)
  const lengths = entries.map(([name, { length }]) => ({ name, length }))
  const header: Header = { step, counters, settings, vectors: lengths }
  check(headerProblem(header) === undefined, headerProblem(header) ?? '', step)
  const json = new TextEncoder().encode(JSON.stringify(header))
  check(json.length <= HEADER_BYTES_MAX, `header of at most ${HEADER_BYTES_MAX} bytes`, json.length)
  const bytes = new Uint8Array(HEAD_BYTES + json.length + vectorBytes(header) + CHECKSUM_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(MAGIC))
  view.setUint32(8, FORMAT, true)
  view.setUint32(12, json.length, true)
  bytes.set(json, HEAD_BYTES)
  let at = HEAD_BYTES + json.length
  for (const [name, vector] of entries) {
    for (const value of vector) {
      view.setFloat32(at, check(Number.isFinite(value), `finite ${name}`, value), true)
      at += 4
    }
  }
  bytes.set(checksumOf(bytes), at)
  return bytes
}

/** Reads `optimizer.bin` from a stranger. `file` is for messages. Throws `InputError` naming what is wrong. */
export function decodeOptimizerState(bytes: Uint8Array, file: string): OptimizerState {
  const fail = (field: string, value: unknown, rule: string): never => {
    throw new InputError(`${file}: ${field} was ${JSON.stringify(value)}; ${rule}`, { file, field })
  }
  if (bytes.length < HEAD_BYTES + CHECKSUM_BYTES) fail('size', bytes.length, 'too short for an optimiser state')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 8))
  if (magic !== MAGIC) fail('magic', magic, `it must be ${JSON.stringify(MAGIC)}`)
  if (view.getUint32(8, true) !== FORMAT) fail('format', view.getUint32(8, true), `it must be ${FORMAT}`)
  const headerBytes = view.getUint32(12, true)
  const most = Math.min(HEADER_BYTES_MAX, bytes.length - HEAD_BYTES - CHECKSUM_BYTES)
  if (headerBytes > most) fail('header bytes', headerBytes, `at most ${most}`)
  const header = readHeader(bytes.subarray(HEAD_BYTES, HEAD_BYTES + headerBytes), file)
  const problem = headerProblem(header)
  if (problem !== undefined) return fail('header', null, problem)
  const size = HEAD_BYTES + headerBytes + vectorBytes(header) + CHECKSUM_BYTES
  if (bytes.length !== size) fail('size', bytes.length, `it must be ${size}, from the header`)
  if (!checksumOf(bytes).equals(bytes.subarray(-CHECKSUM_BYTES))) fail('checksum', 'another', 'bytes have changed')
  const { step, counters, settings } = header
  return { step, counters, settings, vectors: readVectors(header, view, HEAD_BYTES + headerBytes, fail) }
}

function readVectors(
  { vectors }: Header,
  view: DataView,
  start: number,
  fail: (field: string, value: unknown, rule: string) => never,
): OptimizerState['vectors'] {
  let at = start
  const read = ({ name, length }: Header['vectors'][number]): [string, Float32Array] => {
    const vector = new Float32Array(length)
    for (let i = 0; i < length; i += 1, at += 4) vector[i] = view.getFloat32(at, true)
    const odd = vector.findIndex((value) => !Number.isFinite(value))
    if (odd >= 0) fail(`${name}[${odd}]`, String(vector[odd]), 'it must be finite')
    return [name, vector]
  }
  return Object.fromEntries(vectors.map(read))
}

function readHeader(bytes: Uint8Array, file: string): Header {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Header
  } catch (error) {
    throw new InputError(`${file}: header: not JSON: ${messageOf(error)}`, { file }, error)
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** `header` may be anything that JSON can say. */
function headerProblem(header: Header): string | undefined {
  const given: unknown = header
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'the header must be an object'
  const { step, counters, settings, vectors, ...rest } = header
  if (Object.keys(rest).length > 0) return `unknown key ${Object.keys(rest)[0]}`
  if (!isCount(step)) return 'step must be a whole number from 0'
  const counterProblem = settingsProblem(counters)
  if (counterProblem !== undefined) return `counters: ${counterProblem}`
  if (!Object.values(counters).every(Number.isFinite)) return 'counters must be finite numbers'
  const settingProblem = settingsProblem(settings)
  if (settingProblem !== undefined) return `settings: ${settingProblem}`
  return vectorsProblem(vectors)
}

function vectorsProblem(vectors: Header['vectors']): string | undefined {
  if (!Array.isArray(vectors) || vectors.length > VECTORS_MAX) return `vectors must be a list of at most ${VECTORS_MAX}`
  const names = new Set<string>()
  for (const entry of vectors as readonly (Header['vectors'][number] | null)[]) {
    const { name, length } = entry ?? { name: '', length: 0 }
    if (typeof name !== 'string' || !NAME.test(name) || names.has(name))
      return 'each vector must have a name of its own'
    if (!isCount(length)) return `length of ${name} must be a whole number from 0`
    names.add(name)
  }
  return undefined
}

const vectorBytes = ({ vectors }: Header): number => vectors.reduce((sum, { length }) => sum + 4 * length, 0)

/** Of all but the last 32 bytes. */
const checksumOf = (bytes: Uint8Array): Buffer =>
  createHash('sha256').update(bytes.subarray(0, -CHECKSUM_BYTES)).digest()
