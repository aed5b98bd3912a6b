import { z } from 'zod'
import { sha256Of } from '../../model/bundle/manifest.ts'
import { stableText } from './stable-text.ts'

/** Keys of the training configuration, joined by dots; a number is a place in a list, from 0. */
const PATH = /^[A-Za-z]\w*(\.[A-Za-z0-9]\w*)*$/
const PARAMETERS_MAX = 64
/** Steps between low and high that rounding may be off. */
const STEP_TOLERANCE = 1e-9

export type Json = z.core.util.JSONType

const whenSchema = z
  .record(z.string(), z.array(z.json()).min(1, 'at least one value'))
  .describe('the parameter exists only where each of these choices has one of these values, by path')
  .optional()

const log = z.boolean().default(false).describe('true: searched on a logarithmic scale')

const floatSchema = z.strictObject({
  kind: z.literal('float').describe('float, int or choice'),
  low: z.number().describe('least value'),
  high: z.number().describe('greatest value'),
  log,
  step: z.number().positive().optional().describe('distance of two neighbouring values from low on; leave out: any'),
  when: whenSchema,
})

const intSchema = z.strictObject({
  kind: z.literal('int'),
  low: z.int().describe('least value'),
  high: z.int().describe('greatest value'),
  log,
  step: z.int().positive().default(1).describe('distance of two neighbouring values from low on'),
  when: whenSchema,
})

const choiceSchema = z.strictObject({
  kind: z.literal('choice'),
  values: z
    .array(z.json())
    .min(1, 'at least one value')
    .max(1_000, 'at most 1000 values')
    .refine((values) => new Set(values.map(stableText)).size === values.length, 'each value once')
    .describe('values to choose from, in no order'),
  when: whenSchema,
})

const parameterSchema = z.discriminatedUnion('kind', [floatSchema, intSchema, choiceSchema])

export type Parameter = z.infer<typeof parameterSchema>
export type NumericParameter = Exclude<Parameter, { readonly kind: 'choice' }>

/** What is searched: parameters by their paths into a training configuration, e.g. `model.training.learningRate`. */
export const searchSpaceSchema = z.record(z.string(), parameterSchema).superRefine((space, context) => {
  const refuse = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message })
  const paths = Object.keys(space)
  if (paths.length === 0) refuse([], 'name at least one parameter')
  if (paths.length > PARAMETERS_MAX) refuse([], `${paths.length} parameters; at most ${PARAMETERS_MAX}`)
  for (const [path, parameter] of Object.entries(space)) {
    if (!PATH.test(path)) refuse([path], 'its name is a path into the configuration, e.g. model.training.learningRate')
    const inside = paths.find((other) => other.startsWith(`${path}.`))
    if (inside !== undefined) refuse([path], `${inside} lies inside of it: name one of the two`)
    if (parameter.kind !== 'choice') for (const [key, message] of rangeProblems(parameter)) refuse([path, key], message)
    for (const [parent, message] of conditionProblems(space, path)) refuse([path, 'when', parent], message)
  }
})

export type SearchSpace = z.infer<typeof searchSpaceSchema>

function rangeProblems({ low, high, log, step = 0 }: NumericParameter): readonly (readonly [string, string])[] {
  if (high < low) return [['high', `${high} is below low, which is ${low}`]]
  if (log && !(low - step / 2 > 0)) {
    return [['low', step > 0 ? `above half a step (${step / 2}) where log is true` : 'above 0 where log is true']]
  }
  const steps = step > 0 ? (high - low) / step : 0
  return Math.abs(steps - Math.round(steps)) > STEP_TOLERANCE * Math.max(1, steps)
    ? [['high', `${high} is no whole number of steps of ${step} above ${low}`]]
    : []
}

function conditionProblems(space: Record<string, Parameter>, path: string): readonly (readonly [string, string])[] {
  return Object.entries(space[path]?.when ?? {}).flatMap(([parent, values]): (readonly [string, string])[] => {
    const choice = space[parent]
    if (choice?.kind !== 'choice') return [[parent, `${parent} is no choice among the parameters`]]
    if (dependsOn(space, parent, path)) return [[parent, `${parent} depends on ${path} in turn`]]
    const known = new Set(choice.values.map(stableText))
    const unknown = values.find((value) => !known.has(stableText(value)))
    return unknown === undefined ? [] : [[parent, `${stableText(unknown)} is none of the values of ${parent}`]]
  })
}

function dependsOn(space: Record<string, Parameter>, path: string, wanted: string): boolean {
  const seen = new Set<string>()
  const pending = [path]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === wanted) return true
    if (seen.has(next)) continue
    seen.add(next)
    pending.push(...Object.keys(space[next]?.when ?? {}))
  }
  return false
}

/** Names the space by its content: SHA-256, hex; the order of keys does not matter. */
export const spaceHash = (space: SearchSpace): string => sha256Of(stableText(space))
