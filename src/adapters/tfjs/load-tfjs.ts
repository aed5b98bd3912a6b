import { InputError, messageOf } from '../../core/errors.ts'
import type { TensorFlow } from './tensorflow.ts'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
const VERSION = '4.22.0'

/** TensorFlow.js on a GPU, from the optional peer dependency. `InputError` that says what to do when it is not there or broken. */
export async function loadTfjs(
  importPackage: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<TensorFlow> {
  const loaded = await importPackage(PACKAGE).catch((error: unknown) => {
    throw isAbsent(error) ? absent(error) : broken(error)
  })
  const { default: whole = loaded } = loaded as { default?: unknown }
  const tf = whole as TensorFlow // A CommonJS package: its exports stand under `default`.
  await tf.ready().catch((error: unknown) => {
    throw broken(error)
  })
  return tf
}

/** True when the package itself was not found, not something that it needs. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(`Cannot find package '${PACKAGE}'`)

const absent = (cause: unknown): InputError =>
  new InputError(
    `engine was tfjs, which needs ${PACKAGE}, and that is not installed. ` +
      `Run: npm install ${PACKAGE}@${VERSION} (it downloads libtensorflow itself and needs the CUDA 11.2 libraries). ` +
      'engine: onnx needs nothing to be installed',
    { package: PACKAGE },
    cause,
  )

const broken = (cause: unknown): InputError =>
  new InputError(
    `engine was tfjs; ${PACKAGE} is installed and does not load: ${messageOf(cause)}. ` +
      'It needs the CUDA 11.2 libraries; engine: onnx needs nothing to be installed',
    { package: PACKAGE },
    cause,
  )
