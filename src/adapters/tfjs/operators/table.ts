import type { OperatorTable } from '../operator.ts'
import { ELEMENTWISE } from './elementwise.ts'
import { LAYOUT } from './layout.ts'
import { MATRIX } from './matrix.ts'
import { NORMALISE } from './normalise.ts'
import { RECURRENT } from './recurrent.ts'
import { REDUCE } from './reduce.ts'
import { SELECT } from './select.ts'

/** Every ONNX operator that the interpreter knows, by name. */
export const OPERATORS: OperatorTable = {
  ...ELEMENTWISE,
  ...LAYOUT,
  ...MATRIX,
  ...NORMALISE,
  ...RECURRENT,
  ...REDUCE,
  ...SELECT,
}
