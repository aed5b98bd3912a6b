import { InputError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import type { Job, JobMessage } from '../trainer/job.ts'
import { serveJob } from '../trainer/serve-job.ts'

/** The process that `runJob` begins: takes one job over its channel, tells what comes of it, and ends. */
export async function trainerJobCommand(io: Io): Promise<number> {
  if (!process.send) throw new InputError('trainer-job is begun by the trainer, not by hand')
  // Whoever asked is gone: nobody wants the result.
  process.once('disconnect', () => process.exit(0))
  if (!process.connected) return 0
  const job = await next<Job>()
  let said = Promise.resolve()
  const send = (message: JobMessage): void => {
    said = new Promise((resolve) => process.send?.(message, () => resolve()))
  }
  // Told to stop, it ends where it is: the checkpoint lets it go on, where a shortened training would be another model.
  await serveJob(job, { ...io, onStop: () => () => undefined }, send, async (step, value) => {
    send({ kind: 'step', step, value })
    return (await next<{ readonly go: boolean }>()).go
  })
  await said
  return 0
}

const next = <T>(): Promise<T> => new Promise((resolve) => process.once('message', (message) => resolve(message as T)))
