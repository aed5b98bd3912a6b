import type { z } from 'zod'
import { fileSource } from '../../adapters/external/file-source.ts'
import { pushSource } from '../../adapters/external/push-source.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { ExternalSource } from '../../features/external-series.port.ts'
import type { FeatureSettings } from '../../features/feature-settings.ts'
import { EXTERNAL_TOKEN, type externalSchema } from '../config/external-section.ts'

const TOKEN_CHARS_MIN = 16

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
