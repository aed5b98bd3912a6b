/** What operators do, for colours and summaries. */
export type OperatorKind = 'matrix' | 'recurrent' | 'activation' | 'normalise' | 'reduce' | 'shape' | 'arithmetic'

const KINDS: Readonly<Record<Exclude<OperatorKind, 'arithmetic'>, string>> = {
  matrix: 'MatMul Gemm Conv',
  recurrent: 'LSTM GRU RNN',
  activation: 'Relu LeakyRelu Sigmoid Tanh Softmax LogSoftmax Softplus Erf Gelu Elu HardSigmoid',
  normalise: 'LayerNormalization BatchNormalization',
  reduce: 'ReduceMax ReduceMean ReduceMin ReduceSum ReduceSumSquare CumSum ArgMax ArgMin',
  shape:
    'Reshape Transpose Slice Concat Split Squeeze Unsqueeze Flatten Gather Pad Expand Shape Identity Cast Constant Where',
}

const KIND_OF: ReadonlyMap<string, OperatorKind> = new Map(
  Object.entries(KINDS).flatMap(([kind, ops]) => ops.split(' ').map((op) => [op, kind as OperatorKind])),
)

export const operatorKind = (op: string): OperatorKind => KIND_OF.get(op) ?? 'arithmetic'

/** Fill, border and name in the legend. Border and text on it read at 4.5 : 1 or better. */
export const KIND_STYLES: Readonly<
  Record<OperatorKind, { readonly fill: string; readonly line: string; readonly label: string }>
> = {
  matrix: { fill: '#e3edfb', line: '#2f63a8', label: 'matrix product' },
  recurrent: { fill: '#eee6f9', line: '#6b45a8', label: 'recurrent' },
  activation: { fill: '#fde8df', line: '#b2491d', label: 'activation' },
  normalise: { fill: '#dff3f1', line: '#1b7069', label: 'normalisation' },
  reduce: { fill: '#f7edd9', line: '#86600f', label: 'reduction' },
  shape: { fill: '#f0f1f3', line: '#646c78', label: 'shape' },
  arithmetic: { fill: '#e6f3e4', line: '#37752f', label: 'arithmetic' },
}
