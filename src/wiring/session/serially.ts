import { Observable, type OperatorFunction } from 'rxjs'

/** What a step answers: nothing for an ordinary event, a promise when the events behind it must wait. */
export type Step<T> = (event: T) => Promise<void> | undefined

/**
 * Runs `step` for one event after another, in order, also across promises: while one is pending, later events wait in a queue of at
 * most `queueMax`. An event that finds it full goes to `overflow` instead (the caller voids what depends on it). Emits each event
 * when its step is over. `concatMap` would do the same with a promise per event and no bound.
 */
export const serially =
  <T>(step: Step<T>, queueMax: number, overflow: (event: T) => void): OperatorFunction<T, T> =>
  (events$) =>
    new Observable((subscriber) => {
      const queue: T[] = []
      let busy = false
      let completed = false

      const fail = (error: unknown) => {
        queue.length = 0
        subscriber.error(error)
      }
      const finish = (event: T) => {
        subscriber.next(event)
        if (completed && !busy && queue.length === 0) subscriber.complete()
      }
      const run = (event: T): void => {
        busy = true // Also while the step itself runs: what it causes is queued behind it.
        const pending = step(event)
        if (!pending) {
          busy = false
          finish(event)
          return
        }
        pending.then(() => {
          busy = false
          finish(event)
          drain()
        }, fail)
      }
      const drain = () => {
        try {
          while (!busy && !subscriber.closed && queue.length > 0) run(queue.shift() as T)
        } catch (error) {
          fail(error)
        }
      }

      return events$.subscribe({
        next: (event) => {
          if (queue.length >= queueMax) return overflow(event)
          queue.push(event)
          drain()
        },
        error: fail,
        complete: () => {
          completed = true
          if (!busy && queue.length === 0) subscriber.complete()
        },
      })
    })
