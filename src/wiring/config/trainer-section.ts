import { z } from 'zod'
import { calibrationSettingsSchema } from '../../training/calibration/calibration-settings.ts'
import { gateSettingsSchema } from '../../training/gate/gate-settings.ts'
import { labelSettingsSchema } from '../../training/labels/label-settings.ts'
import { objectiveSchema } from '../../training/search/objective.ts'
import { searchSpaceSchema } from '../../training/search/search-space.ts'
import { foldSettingsSchema } from '../../training/splits/fold-plan.ts'
import { backtestInstrumentSchema, candleDataSchema } from './backtest-section.ts'
import { replayInstrumentSchema } from './mode-sections.ts'
import { simulationSchema } from './simulation-section.ts'

const path = z.string().min(1)
const share = z.number().gt(0).lt(0.5)
const seed = z.int().min(0).max(4_294_967_295)

/** The bar log: every closed bar, which the trainer learns from. */
export const barsSchema = z.strictObject({
  dir: path.describe('folder of the bar log, relative to the working directory'),
  retentionDays: z.int().min(1).max(10_000).describe('age after which a file of the bar log is removed, days'),
  queueBytesMax: z
    .int()
    .min(1_048_576)
    .max(1e10)
    .describe('bytes that may wait for the disk; past it bars are left out and the log says so'),
})

export const recipeSchema = z.strictObject({
  model: path
    .optional()
    .describe('YAML file of the model and its training, relative to the working directory; leave out: ridge'),
  steps: z.int().min(1).max(1_024).describe('bars that the model sees, count'),
  horizonBars: z.int().min(1).max(1_024).describe('bars ahead that the model forecasts, count'),
  labels: labelSettingsSchema.describe('what the model is taught'),
  recencyHalfLifeBars: z
    .number()
    .positive()
    .optional()
    .describe(
      'age at which a row counts half, for whatever is fitted, baselines included; leave out: all count the same',
    ),
  features: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('beginnings of the names of the columns that the model may look at; leave out: all'),
})

const scheduleSchema = z.strictObject({
  barsMin: z.int().min(20).max(10_000_000).describe('bars of each instrument before the first training, count'),
  everyBars: z.int().min(1).max(10_000_000).describe('bars between two trainings, count'),
  everyMs: z
    .int()
    .min(1_000)
    .max(31_536_000_000)
    .optional()
    .describe('time between two trainings, milliseconds, if that is sooner; leave out: by bars alone'),
  onDrift: z.boolean().describe('train when the daemon asks for it: drift, or a model that fails'),
  pauseMs: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .describe(
      'rest between two trainings, and after one that failed, milliseconds; it doubles with each failure in a row',
    ),
})

const sharesSchema = z
  .strictObject({
    validation: share.describe('choose the epoch to keep, or the penalties'),
    calibration: share.describe('calibrate the forecasts'),
    test: share.describe('judge the model; the latest bars'),
  })
  .refine(({ validation, calibration, test }) => validation + calibration + test < 0.9, {
    path: ['test'],
    error: 'the three together stay below 0.9: something must be learnt from',
  })

const shadowSchema = z.strictObject({
  barsMax: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe('bars in shadow after which one that has not passed the gate is refused, count'),
  unproven: z
    .boolean()
    .describe(
      'whether a model that there were too few test bars to judge may run in shadow; nothing else lets it pass',
    ),
  challengersMax: z.int().min(1).max(16).describe('models in shadow at once, count; the oldest makes way'),
})

const limitsSchema = z.strictObject({
  threads: z.int().min(1).max(64).describe('threads of a training, count'),
  memoryMbMax: z.int().min(256).max(1_048_576).describe('memory past which a training is ended, MiB'),
  runMsMax: z.int().min(10_000).max(604_800_000).describe('longest training, milliseconds; past it it is ended'),
})

/** Outcomes before the live baseline says anything, bars. */
const SHADOW_WARM_UP = 20

/** The trainer sidecar, beside a daemon or by hand. */
export const trainerSchema = z
  .strictObject({
    dir: path.describe('folder of its database, dataset cache and reports, relative to the working directory'),
    recipe: recipeSchema.describe('what is trained'),
    windowBars: z.int().min(100).max(10_000_000).describe('latest bars of each instrument that are learnt from, count'),
    start: z
      .enum(['champion', 'scratch'])
      .describe('first weights: those of the model that decides, where it is one of the same recipe, or fresh ones'),
    schedule: scheduleSchema.describe('when a model is trained'),
    shares: sharesSchema.describe('shares of the window that the model does not learn from, in the order of time'),
    embargoBars: z
      .int()
      .min(0)
      .max(100_000)
      .describe('bars left out behind each part beside what labels and windows touch, count'),
    calibration: calibrationSettingsSchema.describe('what is set right after the fit'),
    gate: gateSettingsSchema.describe('what a model must show before it decides'),
    shadow: shadowSchema.describe('challengers: models that forecast and decide nothing'),
    limits: limitsSchema.describe('what a training may take'),
    simulation: simulationSchema.describe('the simulated venue that models are judged in'),
    startingBalance: z
      .string()
      .regex(/^\d{1,15}(\.\d{1,8})?$/, 'a quoted decimal, e.g. "10000"')
      .describe('wallet that a model is judged with, quoted decimal, settle currency'),
    seed: seed.describe('of bootstraps and permutations'),
  })
  .refine(({ shadow, gate, recipe }) => shadow.barsMax >= gate.barsMin + SHADOW_WARM_UP + recipe.horizonBars, {
    path: ['shadow', 'barsMax'],
    error: 'at least gate.barsMin + 20 + recipe.horizonBars: sooner no challenger can be judged',
  })

export type TrainerConfig = z.infer<typeof trainerSchema>

const kind = <K extends string>(name: K) =>
  z.literal(name).describe('candles: files; tapes: recorded frames; bars: a bar log; simulated: the bundled market')

const dataSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: kind('candles'),
    files: candleDataSchema.describe('the files of candles'),
    instruments: z.array(backtestInstrumentSchema).min(1).max(100).describe('what the files do not say of the symbols'),
  }),
  z.strictObject({
    kind: kind('tapes'),
    files: z.array(path).min(1).max(10_000).describe('tapes, in the order of time'),
    instruments: z.array(replayInstrumentSchema).max(100).describe('what the tapes do not say of the symbols'),
  }),
  z.strictObject({
    kind: kind('bars'),
    dir: path.describe('folder of the bar log'),
    mode: z.enum(['demo', 'paper', 'signal', 'live']).describe('of the daemon that wrote it'),
  }),
  z.strictObject({
    kind: kind('simulated'),
    alpha: z
      .number()
      .min(0)
      .lt(1)
      .describe("share of the next seconds' price variance that order flow foretells; 0: none"),
    seed: seed.describe('of the market'),
    bars: z.int().min(100).max(10_000_000).describe('length of the market, count'),
  }),
])

const evaluationSchema = z.strictObject({
  folds: foldSettingsSchema.describe('walk-forward, or combinatorial purged folds'),
  permutations: z
    .int()
    .min(0)
    .max(100)
    .describe('repeats behind the importance of each column, count; 0: none is computed'),
})

const searchSchema = z.strictObject({
  space: searchSpaceSchema.describe('what is varied, by path into the recipe, e.g. model.training.learningRate'),
  sampler: z.enum(['tpe', 'random', 'grid']).describe('tpe: Bayesian optimisation by density ratios'),
  trials: z.int().min(1).max(10_000).describe('trials in all, count'),
  workers: z.int().min(1).max(64).describe('trials at once, each in a process of its own, count'),
  pruner: z.enum(['none', 'median', 'asha']).describe('ends a trial that falls behind after some of its folds'),
  objective: objectiveSchema.describe('what is made large'),
  seed: seed.describe('of the sampler'),
  study: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_", "-"')
    .describe('name under which the trials are kept; the same name goes on where it stopped'),
})

/** What `tickwright train`, `search` and `evaluate` work on. */
export const trainSchema = z.strictObject({
  data: dataSchema.describe('where the bars come from'),
  evaluation: evaluationSchema.describe('walk-forward'),
  search: searchSchema.optional().describe('hyper-parameter search; leave out: none'),
})

export type TrainConfigSection = z.infer<typeof trainSchema>
