import type { Logger } from 'pino'
import { messageOf } from '../../core/errors.ts'

/** What must be closed again, latest first, each whether or not another fails. */
export interface Closers {
  add(name: string, close: () => void | Promise<void>): void
  closeAll(): Promise<void>
}

export function closers(log: Logger): Closers {
  const open: { readonly name: string; readonly close: () => void | Promise<void> }[] = []
  return {
    add: (name, close) => open.push({ name, close }),
    async closeAll() {
      for (let one = open.pop(); one; one = open.pop()) {
        try {
          await one.close()
        } catch (error) {
          log.error({ error: messageOf(error) }, `closing ${one.name} failed`)
        }
      }
    },
  }
}
