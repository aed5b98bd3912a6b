import type { AlertSink } from '../../adapters/alerts/alert-sink.ts'
import { telegramSink } from '../../adapters/alerts/telegram.ts'
import { webhookSink } from '../../adapters/alerts/webhook.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { Secrets } from '../config/read-secrets.ts'
import type { Config } from '../config/schema.ts'

export function alertSinks({ alerts }: Config, secrets: Secrets, clock: Clock): readonly AlertSink[] {
  const sinks: AlertSink[] = []
  if (alerts.telegram.enabled && secrets.telegramToken) {
    sinks.push(telegramSink({ token: secrets.telegramToken.reveal(), chatId: alerts.telegram.chatId }))
  }
  if (alerts.webhook.enabled && secrets.webhookSecret) {
    sinks.push(webhookSink({ url: alerts.webhook.url, secret: secrets.webhookSecret.reveal() }, clock))
  }
  return sinks
}
