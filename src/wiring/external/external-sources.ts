import { z } from 'zod'
import { fileSource } from '../../adapters/external/file-source.ts'
import { pushSource } from '../../adapters/external/push-source.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { ExternalSource } from '../../features/external-series.port.ts'
import type { FeatureSettings } from '../../features/feature-settings.ts'

/** The variable that holds the token of pushed readings. */
export const EXTERNAL_TOKEN = 'TICKWRIGHT_EXTERNAL_TOKEN'
const TOKEN_CHARS_MIN = 16

/** Where the values of `features.externals` come from. */
export const externalSchema = z.strictObject({
  file: z
    .strictObject({
      path: z.string().min(1).describe('file that another program appends to, relative to the working directory'),
      format: z
        .enum(['jsonl', 'csv'])
        .describe('jsonl: objects of observedAt, series, value; csv: the same three columns'),
      pollMs: z.int().min(50).max(60_000).describe('how often the file is looked at, milliseconds'),
    })
    .optional()
    .describe('values out of a file'),
  push: z
    .strictObject({
      port: z
        .int()
        .min(1)
        .max(65_535)
        .describe(`TCP port on loopback for POST /external; the token is in ${EXTERNAL_TOKEN}`),
    })
    .optional()
    .describe('values pushed over HTTP'),
})

/** Throws `InputError` when no series is configured, or the token of the push is missing or short. */
export function externalSources(
  config: z.infer<typeof externalSchema>,
  { externals = [] }: Pick<FeatureSettings, 'externals'>,
  token: string | undefined,
  { clock, scheduler }: { readonly clock: Clock; readonly scheduler: Scheduler },
): readonly ExternalSource[] {
  const series = [...new Set(externals.map((each) => each.series))]
  const { file, push } = config
  if ((file || push) && series.length === 0) {
    throw new InputError('external is configured but features.externals names no series', {})
  }
  if (push && (token?.length ?? 0) < TOKEN_CHARS_MIN) {
    throw new InputError(
      `${EXTERNAL_TOKEN} must be set to at least ${TOKEN_CHARS_MIN} characters: external.push needs it`,
    )
  }
  return [
    ...(file ? [fileSource({ ...file, series, clock, scheduler })] : []),
    ...(push && token ? [pushSource({ port: push.port, token, series, clock })] : []),
  ]
}
