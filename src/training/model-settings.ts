import { z } from 'zod'
import { ARCHITECTURE_NAMES, architectureOf } from '../model/architectures/registry.ts'
import { reservoir } from '../model/architectures/reservoir.ts'
import { headOptionsSchema } from '../model/heads/head-options.ts'
import type { Encoder } from '../model/network-forecaster.ts'
import { trainingOptionsSchema } from './network/training-options.ts'

/** Solved in closed form; no network, so that it stands in no registry of architectures. */
const RIDGE = 'ridge'

interface Ridge {
  readonly solved: typeof RIDGE
}

/** `name` says which; the other keys are the architecture's own. */
const architectureSchema = z
  .looseObject({
    name: z.enum([...ARCHITECTURE_NAMES, RIDGE]).describe('which one; the other keys are its own options'),
  })
  .transform(({ name, ...given }, context): Encoder | Ridge => {
    const parsed = (name === RIDGE ? z.strictObject({}) : architectureOf(name).options).safeParse(given)
    if (parsed.success)
      return name === RIDGE ? { solved: RIDGE } : { architecture: architectureOf(name), options: parsed.data }
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: given } as z.core.$ZodRawIssue)
    return z.NEVER
  })

type Settings = z.infer<typeof settingsSchema>
type ReservoirOptions = z.infer<typeof reservoir.options>

const settingsSchema = z.strictObject({
  architecture: architectureSchema.describe('what reads the window; docs/models.md lists them'),
  heads: headOptionsSchema.optional().describe('what is forecast; leave out with an architecture that is solved'),
  training: trainingOptionsSchema
    .optional()
    .describe('how it is trained; leave out with an architecture that is solved'),
})

/**
 * What `config/model.yaml` says. A ridge is solved in closed form. So is the read-out of a reservoir when `heads` and `training` are left
 * out; all else is a network that is trained.
 */
export const modelSettingsSchema = settingsSchema.superRefine((settings, context) => {
  for (const [key, error] of problemsOf(settings))
    context.addIssue({ code: 'custom', path: key.split('.'), message: error })
})

export type ModelSettings = z.infer<typeof modelSettingsSchema>

/** Options of a reservoir whose read-out is solved; undefined: the settings ask for something else. */
export function solvedReservoir({ architecture, heads, training }: Settings): ReservoirOptions | undefined {
  if ('solved' in architecture || architecture.architecture.name !== reservoir.name || heads || training)
    return undefined
  return reservoir.options.parse(architecture.options)
}

function problemsOf(settings: Settings): readonly (readonly [key: string, error: string])[] {
  const { architecture, heads, training } = settings
  if ('solved' in architecture) {
    return (['heads', 'training'] as const).flatMap((key) =>
      settings[key] ? [[key, `leave it out: ${RIDGE} is solved in closed form`] as const] : [],
    )
  }
  if (solvedReservoir(settings)) return []
  const missing = (
    [
      ['heads', heads],
      ['training', training],
    ] as const
  ).flatMap(([key, value]) =>
    value ? [] : [[key, `${architecture.architecture.name} needs it: it is trained`] as const],
  )
  return [...missing, ...truncationProblems(architecture, training)]
}

/** Truncated BPTT carries a state from step to step, and every step must have a forecast of its own. */
function truncationProblems({ architecture, options }: Encoder, training: Settings['training']) {
  if (!training?.truncatedBptt) return []
  const { attentionHeads = 0, pooling = 'last' } = options as { attentionHeads?: number; pooling?: string }
  const fits = architecture.recurrent !== undefined && attentionHeads === 0 && pooling === 'last'
  const error = 'only for lstm, gru and rnn with pooling: last and without attention, and for reservoir'
  return fits ? [] : [['training.truncatedBptt', error] as const]
}
