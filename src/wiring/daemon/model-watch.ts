import { messageOf } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { ModelService } from '../../inference/model-service.ts'

interface ModelWatchParts {
  readonly service: Pick<ModelService, 'offer'>
  /** What `current` names. */
  currentVersion(): Promise<string>
  /** Milliseconds, > 0. */
  readonly everyMs: number
  readonly scheduler: Scheduler
  /** `current` cannot be read: once for each cause. */
  onProblem(cause: string): void
}

/** Looks at `current` and offers what it names. Returns what ends it; a model that is being loaded then is not waited for. */
export function watchModel({ service, currentVersion, everyMs, scheduler, onProblem }: ModelWatchParts): () => void {
  const ended = new AbortController()
  async function watch(): Promise<void> {
    let told = ''
    for (;;) {
      await scheduler.sleep(everyMs, ended.signal)
      if (ended.signal.aborted) return
      try {
        await service.offer(await currentVersion())
        told = ''
      } catch (error) {
        const cause = messageOf(error)
        if (cause !== told) onProblem(cause)
        told = cause
      }
    }
  }
  void watch()
  return () => ended.abort()
}
