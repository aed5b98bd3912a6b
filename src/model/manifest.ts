import { createHash } from 'node:crypto'
import { z } from 'zod'
import { InputError, messageOf } from '../core/errors.ts'

export const MANIFEST_FILE = 'manifest.json'
export const GRAPH_FILE = 'model.onnx'

/** A bare name: no separator, no leading dot, so that it cannot leave its folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const name = z.string().regex(NAME, 'letters, digits, ".", "_", "-" only, 64 at most, no leading "."')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
const finite = z.number()
const rows = z.array(z.array(finite).min(1)).min(1).max(64)
const ascending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > values[i - 1]!)

/** What the model was fitted on. `source` says where data came from in words; times are the market's own. */
const fit = z.strictObject({
  source: z.string().min(1),
  seeds: z.array(z.int()).max(1_000),
  evaluationSeeds: z.array(z.int()).max(1_000),
  trainRows: z.int().positive(),
  validationRows: z.int().positive(),
  evaluationRows: z.int().positive(),
  /** Penalty choices tried on the validation slice: how often the data were asked. */
  trials: z.int().positive(),
})

const calibration = z.strictObject({
  levels: z.array(finite.gt(0).lt(1)).min(1).max(99).refine(ascending, 'ascending'),
  /** Quantiles of (return − mean) / volatility on the validation slice, one per level. */
  residualQuantiles: z.array(finite).min(1).max(99).refine(ascending, 'ascending'),
  classScale: finite.positive(),
  thresholdBps: finite.positive(),
})

const golden = z.strictObject({
  /** [rows][steps × features], raw feature values. */
  inputs: rows,
  /** What the graph must answer: [rows][width of the output]. */
  outputs: z.strictObject({ mean: rows, volatility: rows, quantiles: rows, classes: rows }),
  /** Greatest |found − expected| / (1 + |expected|) per execution provider; `other` for the rest. */
  tolerance: z.record(z.string(), finite.positive().max(0.01)).refine((t) => 'other' in t, 'needs the key "other"'),
})

const manifestSchema = z
  .strictObject({
    format: z.literal(1),
    family: name,
    version: name,
    createdAt: z.iso.datetime(),
    /** After this the model may not open positions. */
    expiresAt: z.iso.datetime().optional(),
    /** Every other file of the bundle. */
    files: z.record(name, sha256),
    opset: z.int().positive(),
    features: z.strictObject({ names: z.array(z.string().min(1)).min(1).max(1_000), schemaHash: z.string().min(8) }),
    barMs: z.int().positive(),
    steps: z.int().min(1).max(10_000),
    horizonBars: z.int().positive(),
    architecture: z.strictObject({
      name: z.string().min(1),
      parameters: z.record(z.string(), z.union([finite, z.string(), z.boolean()])),
    }),
    fit,
    /** Out of sample, on the evaluation seeds. */
    metrics: z.record(z.string(), finite),
    calibration,
    /** Answers beyond these are nonsense: no forecast. Basis points. */
    limits: z.strictObject({ meanAbsMaxBps: finite.positive(), volatilityMaxBps: finite.positive() }),
    golden,
    /** Of the compact JSON of all fields above. */
    manifestSha256: sha256,
  })
  .refine((m) => GRAPH_FILE in m.files, { path: ['files'], error: `needs the key "${GRAPH_FILE}"` })
  .refine((m) => m.calibration.levels.length === m.calibration.residualQuantiles.length, {
    path: ['calibration', 'residualQuantiles'],
    error: 'one per level',
  })
  .refine((m) => m.golden.inputs.every((row) => row.length === m.steps * m.features.names.length), {
    path: ['golden', 'inputs'],
    error: 'each row has steps × features values',
  })
  .refine((m) => Object.values(m.golden.outputs).every((output) => output.length === m.golden.inputs.length), {
    path: ['golden', 'outputs'],
    error: 'as many rows as inputs',
  })

/** How `fit.source` of a model begins that has only ever seen the simulator. */
export const SIMULATED_SOURCE = 'simulated flow'

export type Manifest = z.infer<typeof manifestSchema>
/** A manifest before it is sealed: the files' checksums and its own come last. */
export type ManifestDraft = Omit<Manifest, 'files' | 'manifestSha256' | 'format'>

export const sha256Of = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')

/** `text` of the manifest in `file`. Throws `InputError` naming file, field and rule. */
export function parseManifest(text: string, file: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new InputError(`${file}: not JSON: ${messageOf(error)}`, { file }, error)
  }
  const parsed = manifestSchema.safeParse(json)
  if (!parsed.success) throw new InputError(`${file}: ${z.prettifyError(parsed.error)}`, { file })
  const { manifestSha256, ...body } = json as Manifest
  const actual = sha256Of(JSON.stringify(body))
  if (actual !== manifestSha256) {
    const rule = 'it must equal the SHA-256 of the other fields'
    throw new InputError(`${file}: manifestSha256 was ${manifestSha256}; ${rule}, ${actual}`, { file })
  }
  return parsed.data
}

/** The text of `manifest.json` over `files`, with all checksums. Arrays of numbers stay on one line. */
export function sealManifest(draft: ManifestDraft, files: ReadonlyMap<string, Uint8Array>): string {
  const checksums = Object.fromEntries([...files].map(([file, bytes]) => [file, sha256Of(bytes)]))
  const body = JSON.parse(JSON.stringify({ format: 1, ...draft, files: checksums })) as object
  const sealed = { ...body, manifestSha256: sha256Of(JSON.stringify(body)) }
  const text = JSON.stringify(sealed, undefined, 2).replace(/\[[-\d.,e+\s]+\]/g, (numbers) =>
    numbers.replace(/\s+/g, ' '),
  )
  return `${text}\n`
}
