import { InputError } from '../../core/errors.ts'
import { EXTERNAL_TOKEN } from './external-section.ts'
import type { Config } from './schema.ts'
import { Secret } from './secret.ts'

/** What comes from the environment and nowhere else. Absent: not set, or empty. */
export interface Secrets {
  readonly apiKey?: Secret
  readonly apiSecret?: Secret
  readonly telegramToken?: Secret
  readonly webhookSecret?: Secret
  readonly externalToken?: Secret
}

export type Environment = Readonly<Record<string, string | undefined>>

const SOURCES = {
  apiKey: 'TICKWRIGHT_API_KEY',
  apiSecret: 'TICKWRIGHT_API_SECRET',
  telegramToken: 'TICKWRIGHT_TELEGRAM_TOKEN',
  webhookSecret: 'TICKWRIGHT_WEBHOOK_SECRET',
  externalToken: EXTERNAL_TOKEN,
} as const satisfies Record<keyof Secrets, string>

/** Reads the secrets and throws one `InputError` naming every variable that `config` needs and the environment lacks. */
export function readSecrets(config: Config, env: Environment): Secrets {
  const missing: string[] = []
  const need = (key: keyof Secrets, why: string) => {
    if (!env[SOURCES[key]]?.trim()) missing.push(`${SOURCES[key]} (${why})`)
  }
  if (config.mode === 'live') {
    if (env['TICKWRIGHT_LIVE'] !== 'yes') missing.push('TICKWRIGHT_LIVE=yes (mode is live)')
    need('apiKey', 'mode is live')
    need('apiSecret', 'mode is live')
  }
  if (config.alerts.telegram.enabled) need('telegramToken', 'alerts.telegram.enabled is true')
  if (config.alerts.webhook.enabled) need('webhookSecret', 'alerts.webhook.enabled is true')
  if (config.external?.push) need('externalToken', 'external.push is there')
  if (missing.length > 0) throw new InputError(`the environment lacks ${missing.join(', ')}`, { missing })
  return Object.fromEntries(
    Object.entries(SOURCES).flatMap(([key, variable]) => {
      const text = env[variable]?.trim()
      return text ? [[key, new Secret(text)]] : []
    }),
  )
}
