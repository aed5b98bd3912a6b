import { z } from 'zod'

/** More trials than this are a mistake of the file: the best of so many says nothing. */
export const TRIALS_MAX = 10_000

/** Keys of the configuration, joined by dots; a number is a place in a list, from 0. */
const PATH = /^[A-Za-z]\w*(\.[A-Za-z0-9]\w*)*$/

const valuesSchema = z
  .array(z.json())
  .min(1, 'at least one value')
  .max(1_000, 'at most 1000 values')
  .refine((values) => new Set(values.map((value) => JSON.stringify(value))).size === values.length, 'each value once')

/** What `tickwright backtest --sweep` tries. */
export const sweepSchema = z
  .strictObject({
    parameters: z
      .record(z.string(), valuesSchema)
      .refine((parameters) => Object.keys(parameters).length > 0, 'name at least one parameter')
      .describe('values to try, by path into the configuration of the backtest, e.g. policy.enterEdgeBps: [1, 2, 3]'),
    method: z
      .enum(['grid', 'random'])
      .describe('grid: every combination of the values; random: samples of them, none twice'),
    samples: z.int().min(1).max(TRIALS_MAX).optional().describe('combinations that method random tries, count'),
    seed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .optional()
      .describe('seed of method random: the same seed, the same trials'),
    objective: z
      .string()
      .min(1)
      .describe('metric of the backtest that the trials are sorted by, as its JSON names it, e.g. sharpe'),
    goal: z
      .enum(['max', 'min'])
      .optional()
      .describe('min: the smallest objective is the best; leave out, or max: the largest'),
    workers: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'trials that run at once, each in a thread of its own, count; leave out: one fewer than there are cores',
      ),
    trialMsMax: z
      .int()
      .min(1_000)
      .max(604_800_000)
      .describe(
        'longest that one trial may take, milliseconds; past it its thread is stopped and the trial has failed',
      ),
  })
  .check(({ value, issues }) => {
    const { method, samples, seed, parameters } = value
    const refuse = (path: string | readonly string[], input: unknown, message: string) =>
      issues.push({ code: 'custom', path: [path].flat(), input, message })
    for (const [path, values] of Object.entries(parameters)) {
      if (!PATH.test(path)) {
        refuse(['parameters', path], values, 'its name is a path into the configuration, e.g. policy.enterEdgeBps')
      } else if (path === 'mode') refuse(['parameters', path], values, 'every trial is a backtest: it cannot be varied')
    }
    for (const [key, given] of Object.entries({ samples, seed })) {
      if (method === 'random' && given === undefined) refuse(key, given, 'needed by method random')
      if (method === 'grid' && given !== undefined) refuse(key, given, 'of method random alone')
    }
    const size = Object.values(parameters).reduce((product, values) => product * values.length, 1)
    if (method === 'grid' && size > TRIALS_MAX) {
      refuse(
        'parameters',
        parameters,
        `${size} combinations, at most ${TRIALS_MAX}: try fewer values, or method random`,
      )
    }
    if (method === 'random' && samples !== undefined && samples > size) {
      refuse('samples', samples, `at most the number of combinations, which is ${size}`)
    }
  })

export type SweepConfig = z.infer<typeof sweepSchema>
