/** Runs `work` one at a time; calls during a run share the one run after it, with the first such call's argument. */
export function coalesced<A, R>(work: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let running: Promise<unknown> | undefined
  let next: Promise<R> | undefined

  function start(argument: A): Promise<R> {
    const run = work(argument)
    const done = run.then(
      () => undefined,
      () => undefined,
    )
    running = done
    void done.then(() => {
      if (running === done) running = undefined
    })
    return run
  }
  return (argument) => {
    if (!running) return start(argument)
    next ??= running.then(() => {
      next = undefined
      return start(argument)
    })
    return next
  }
}
