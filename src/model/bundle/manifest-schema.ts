import { z } from 'zod'
import { OUTPUT_NAMES, outputWidths } from '../forecaster-outputs.ts'
import { type JsonObject, settingsProblem } from './plain-json.ts'
import { recalibrationSchema } from './recalibration-schema.ts'
import { referenceSchema } from './reference-schema.ts'

/** A bare name: no separator, no leading dot, so that it cannot leave its folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const name = z.string().regex(NAME, 'letters, digits, ".", "_", "-" only, 64 at most, no leading "."')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
const finite = z.number()
const rows = z.array(z.array(finite).min(1)).min(1).max(64)
const ascending = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v > values[i - 1]!)

const settings = z.custom<JsonObject>((value) => settingsProblem(value) === undefined, {
  error: ({ input }) => `settings: ${settingsProblem(input) ?? ''}`,
})

/** When the rows of the fit were recorded, or that they never were. */
const fitWindow = z.union([
  z.literal('simulated'),
  z
    .strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })
    .refine(({ from, to }) => from < to, 'from must lie before to'),
])

/** What the model was fitted on. `source` says where data came from in words; times are the market's own. */
const fit = z.strictObject({
  source: z.string().min(1).max(10_000),
  window: fitWindow.optional(),
  seeds: z.array(z.int()).max(1_000),
  evaluationSeeds: z.array(z.int()).max(1_000),
  trainRows: z.int().positive(),
  validationRows: z.int().positive(),
  evaluationRows: z.int().positive(),
  /** Choices tried on the validation slice: how often the data were asked. */
  trials: z.int().positive(),
})

const losses = z.array(finite).max(10_000)

/** How a network was trained. Absent where the fit is solved in closed form. */
const training = z
  .strictObject({
    /** Which engine ran the training graph and on what, e.g. `onnx` on `cpu`. */
    engine: z.string().min(1).max(64),
    provider: z.string().min(1).max(64),
    seed: z.int().nonnegative(),
    optimizer: settings,
    /** Epochs run, and the one whose weights are kept, from 1. */
    epochs: z.int().positive().max(10_000),
    bestEpoch: z.int().positive(),
    /** Mean loss of each epoch, first to last. */
    losses: z.strictObject({ train: losses, validation: losses }),
  })
  .refine((t) => t.bestEpoch <= t.epochs, { path: ['bestEpoch'], error: 'at most epochs' })
  .refine((t) => t.losses.train.length === t.epochs && t.losses.validation.length === t.epochs, {
    path: ['losses'],
    error: 'one per epoch',
  })

const calibration = z
  .strictObject({
    levels: z.array(finite.gt(0).lt(1)).min(1).max(99).refine(ascending, 'ascending'),
    thresholdBps: finite.positive(),
    /** Quantiles of (return − mean) / volatility, one per level. Absent where the network states its own quantiles. */
    residualQuantiles: z.array(finite).min(1).max(99).refine(ascending, 'ascending').optional(),
    /** Spread of the logistic of the classes, in volatilities. Absent where the network states its own classes. */
    classScale: finite.positive().optional(),
    /** What is corrected in the graph's answers. Absent: nothing. */
    recalibration: recalibrationSchema.optional(),
  })
  .refine((c) => c.residualQuantiles === undefined || c.residualQuantiles.length === c.levels.length, {
    path: ['residualQuantiles'],
    error: 'one per level',
  })
  .refine((c) => (c.recalibration?.quantiles?.shifts.length ?? c.levels.length) === c.levels.length, {
    path: ['recalibration', 'quantiles', 'shifts'],
    error: 'one per level',
  })

/** Of the promotion gate. */
const verdict = z.strictObject({
  outcome: z.enum(['pass', 'fail', 'not enough data']),
  summary: z.string().min(1).max(20_000),
  checks: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        outcome: z.enum(['pass', 'fail', 'not enough data']),
        value: finite.optional(),
        rule: z.enum(['at least', 'at most']),
        threshold: finite,
        numbers: z.record(z.string(), finite),
        sentence: z.string().max(2_000),
      }),
    )
    .max(100),
})

const golden = z
  .strictObject({
    /** [rows][steps × features], raw feature values. */
    inputs: rows,
    /** What the graph must answer: [rows][width of the output]. */
    outputs: z.strictObject({ mean: rows, volatility: rows, quantiles: rows, classes: rows }),
    /** Greatest |found − expected| / (1 + |expected|) per execution provider; `other` for the rest. */
    tolerance: z.record(name, finite.positive().max(0.01)).refine((t) => 'other' in t, 'needs the key "other"'),
  })
  .refine((g) => OUTPUT_NAMES.every((output) => g.outputs[output].length === g.inputs.length), {
    path: ['outputs'],
    error: 'as many rows as inputs',
  })

/** `manifest.json`. Keys that are optional came later or do not fit every architecture. */
export const manifestSchema = z
  .strictObject({
    format: z.literal(1),
    family: name,
    version: name,
    /** The version that training went on from. */
    parent: name.optional(),
    createdAt: z.iso.datetime(),
    /** After this the model may not open positions. */
    expiresAt: z.iso.datetime().optional(),
    /** Every other file of the bundle. */
    files: z.strictObject({
      'model.onnx': sha256,
      'optimizer.bin': sha256.optional(),
      'report.html': sha256.optional(),
    }),
    opset: z.int().positive(),
    features: z.strictObject({
      names: z.array(z.string().min(1).max(200)).min(1).max(2_000),
      schemaHash: z.string().min(8).max(128),
    }),
    barMs: z.int().positive(),
    steps: z.int().min(1).max(10_000),
    horizonBars: z.int().positive(),
    architecture: z.strictObject({ name: z.string().min(1).max(64), parameters: settings }),
    /** Trained numbers in the graph; `sha256` of them as one little-endian float32 vector in the trainer's order. */
    weights: z.strictObject({ count: z.int().nonnegative(), sha256: sha256.optional() }).optional(),
    fit,
    training: training.optional(),
    /** Out of sample, on the evaluation rows. */
    metrics: z
      .record(z.string().min(1).max(100), finite)
      .refine((m) => Object.keys(m).length <= 1_000, 'at most 1000 of them'),
    /** What it was taught, where that is not the plain forward return: its forecasts are then not of that. */
    labels: z.strictObject({ kind: z.string().min(1).max(64), costBps: finite.min(0) }).optional(),
    /** What the gate said of it on the evaluation rows; absent: nobody asked. */
    verdict: verdict.optional(),
    calibration,
    /** What live rows are held against. Absent: drift of the inputs is not looked for. */
    reference: referenceSchema.optional(),
    /** Answers beyond these are nonsense: no forecast. Basis points. */
    limits: z.strictObject({ meanAbsMaxBps: finite.positive(), volatilityMaxBps: finite.positive() }),
    golden,
    /** Of the compact JSON of all fields above. */
    manifestSha256: sha256,
  })
  .refine((m) => m.golden.inputs.every((row) => row.length === m.steps * m.features.names.length), {
    path: ['golden', 'inputs'],
    error: 'each row has steps × features values',
  })
  .refine((m) => (m.reference?.means.length ?? m.features.names.length) === m.features.names.length, {
    path: ['reference', 'means'],
    error: 'one per feature',
  })
  .superRefine((m, context) => {
    const widths = outputWidths(m.calibration.levels.length)
    for (const output of OUTPUT_NAMES) {
      if (m.golden.outputs[output].every((row) => row.length === widths[output])) continue
      const message = `each row has ${widths[output]} values`
      context.addIssue({ code: 'custom', path: ['golden', 'outputs', output], message })
    }
  })
