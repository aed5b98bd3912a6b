import type { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { describeIssues } from '../config/describe-issues.ts'
import type { SweepFile } from '../config/load-config.ts'
import { chooseSettings } from './choose-settings.ts'
import { setPath } from './set-path.ts'
import type { Trial, TrialSettings } from './trial.ts'
import { trialKey } from './trial-key.ts'

const PROBLEMS_SHOWN_MAX = 20

export interface TrialSource<C> {
  readonly file: SweepFile
  /** The backtest's configuration as its file has it, without the sweep; it passes `schema`. */
  readonly base: Readonly<Record<string, unknown>>
  readonly schema: z.ZodType<C>
  /** What the result of a configuration depends on besides itself: hashes of its data, version of the code. Plain data. */
  identityOf(config: C): Promise<unknown>
}

/** The trials of a sweep. Throws one `InputError` that names every path and value which the configuration does not take. */
export async function makeTrials<C>(source: TrialSource<C>): Promise<readonly Trial[]> {
  const { file, base, schema } = source
  const problems = new Set<string>()
  const checked: { readonly settings: TrialSettings; readonly config: C }[] = []
  for (const settings of chooseSettings(file.sweep)) {
    const config = structuredClone(base)
    const blocked = Object.entries(settings).flatMap(([path, value]) => {
      const what = setPath(config, path, value)
      return what === undefined ? [] : [`${at(file, path)}${path}: ${what}`]
    })
    const result = schema.safeParse(config)
    if (blocked.length > 0) for (const problem of blocked) problems.add(problem)
    else if (result.success) checked.push({ settings, config: result.data })
    else for (const problem of refusals(source, settings, config, result.error)) problems.add(problem)
  }
  if (problems.size > 0) throw failure(file.path, [...problems])
  const trials: Trial[] = []
  for (const [index, { settings, config }] of checked.entries()) {
    const key = trialKey({ config, identity: await source.identityOf(config) })
    trials.push({ index, settings, config, key })
  }
  return trials
}

/** What the configuration's own rules say; where they speak of a key that is not varied, the trial is named as well. */
function refusals<C>(
  { file, schema }: TrialSource<C>,
  settings: TrialSettings,
  value: unknown,
  error: z.ZodError,
): readonly string[] {
  const yaml = { value, problems: [], lineOf: () => undefined }
  return error.issues.flatMap((issue) => {
    const name = issue.path.join('.')
    const own = Object.keys(settings).find(
      (path) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`) || name === '',
    )
    const trial =
      Object.keys(settings).includes(name) || issue.code === 'unrecognized_keys' ? '' : ` (with ${said(settings)})`
    return describeIssues([issue], yaml, schema).map(({ text }) => `${own ? at(file, own) : ''}${text}${trial}`)
  })
}

export const said = (settings: TrialSettings): string =>
  Object.entries(settings)
    .map(([path, value]) => `${path}=${JSON.stringify(value)}`)
    .join(', ')

const at = ({ lineOf }: SweepFile, path: string): string => {
  const line = lineOf(['parameters', path])
  return line === undefined ? '' : `line ${line}: `
}

function failure(file: string, problems: readonly string[]): InputError {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => `  ${problem}`)
  const more = problems.length > shown.length ? [`  … and ${problems.length - shown.length} more`] : []
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new InputError(`sweep ${file}: ${count}\n${[...shown, ...more].join('\n')}`, {
    file,
    problems: problems.length,
  })
}
