import { readFileSync, statSync } from 'node:fs'
import type { z } from 'zod'
import { InputError, messageOf } from '../../core/errors.ts'
import { type ModelSettings, modelSettingsSchema } from '../../training/model-settings.ts'
import { describeIssues } from './describe-issues.ts'
import { type FitConfig, fitSchema } from './fit-schema.ts'
import { type ParsedYaml, type Problem, parseYaml } from './parse-yaml.ts'
import { type Config, configSchema } from './schema.ts'
import { secretKeys } from './secret-keys.ts'
import { type SweepConfig, sweepSchema } from './sweep-schema.ts'

const FILE_BYTES_MAX = 1_048_576

/**
 * Reads and checks one way of running the daemon. Throws one `InputError` that lists every problem with its line, key, value
 * and rule.
 */
export const loadConfig = (file: string): Config => parsed(file, readYaml(file), configSchema)

/** Same for the settings of `tickwright fit`. */
export const loadFitConfig = (file: string): FitConfig => parsed(file, readYaml(file), fitSchema)

/** Same for a model and its training, e.g. `config/model.yaml`. */
export const loadModelSettings = (file: string): ModelSettings => parsed(file, readYaml(file), modelSettingsSchema)

export interface SweepFile {
  readonly path: string
  readonly sweep: SweepConfig
  readonly lineOf: ParsedYaml['lineOf']
}

/** Same for what `tickwright backtest --sweep` tries. */
export function loadSweepFile(path: string): SweepFile {
  const yaml = readYaml(path)
  return { path, sweep: parsed(path, yaml, sweepSchema), lineOf: yaml.lineOf }
}

/** The keys of a file as they stand there, read but not checked. */
export const readConfig = (file: string): Readonly<Record<string, unknown>> => readYaml(file).value

/** Whether the file is one of `loadModelSettings`: the others have a `mode`. */
export const isModelFile = (file: string): boolean => 'architecture' in readYaml(file).value

/** Whether the file is one of `loadSweepFile`. */
export const isSweepFile = (file: string): boolean => 'parameters' in readYaml(file).value

/** A file with a `mode`, which tells what it is. */
export function loadAnyConfig(file: string): Config | FitConfig {
  const yaml = readYaml(file)
  return yaml.value['mode'] === 'fit' ? parsed(file, yaml, fitSchema) : parsed(file, yaml, configSchema)
}

function parsed<T>(file: string, yaml: ParsedYaml, schema: z.ZodType<T>): T {
  const result = schema.safeParse(yaml.value)
  if (result.success) return result.data
  throw failure(file, describeIssues(result.error.issues, yaml, schema))
}

function readYaml(file: string): ParsedYaml & { readonly value: Readonly<Record<string, unknown>> } {
  const yaml = parseYaml(readText(file))
  const problems = [...yaml.problems, ...secretKeys(yaml)]
  if (problems.length > 0) throw failure(file, problems)
  if (typeof yaml.value !== 'object' || yaml.value === null || Array.isArray(yaml.value)) {
    throw failure(file, [{ line: undefined, text: 'expected a map of keys, e.g. "mode: demo"' }])
  }
  return { ...yaml, value: yaml.value as Record<string, unknown> }
}

function readText(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > FILE_BYTES_MAX) throw new Error(`it has ${size} bytes; at most ${FILE_BYTES_MAX} are allowed`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(`config ${file} cannot be read: ${messageOf(error)}`, { file }, error)
  }
}

function failure(file: string, problems: readonly Problem[]): InputError {
  const lines = problems.map(({ line, text }) => `  ${line === undefined ? '' : `line ${line}: `}${text}`)
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new InputError(`config ${file}: ${count}\n${lines.join('\n')}`, { file, problems: problems.length })
}
