import { ARITHMETIC_CASES } from './arithmetic-cases.ts'
import { ELEMENTWISE_CASES } from './elementwise-cases.ts'
import { LAYOUT_CASES } from './layout-cases.ts'
import type { CaseTable } from './operator-cases.ts'
import { RECURRENT_CASES } from './recurrent-cases.ts'

export const CASES: CaseTable = { ...ARITHMETIC_CASES, ...ELEMENTWISE_CASES, ...LAYOUT_CASES, ...RECURRENT_CASES }
