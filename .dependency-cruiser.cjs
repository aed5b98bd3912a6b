// `ls src` is the path of the data: a stage imports itself and the stages before it, never behind it.
const stages = [
  'core',
  'market',
  'features',
  'model',
  'inference',
  'policy',
  'risk',
  'trading',
  'simulation',
  'report',
  'training',
]

const downward = stages.flatMap((stage, at) => {
  const later = [...stages.slice(at + 1), 'adapters', 'wiring']
  return {
    name: `${stage}-imports-only-upstream`,
    severity: 'error',
    from: { path: `^src/${stage}/` },
    to: { path: `^src/(${later.join('|')})/` },
  }
})

const pureLibraries = [
  'rxjs',
  'big\\.js',
  'zod',
  'ml-matrix',
  'onnx-proto',
  'protobufjs',
  'date-holidays',
  '@dagrejs/dagre',
]

module.exports = {
  forbidden: [
    ...downward,
    {
      name: 'stages-use-pure-libraries-only',
      severity: 'error',
      from: { path: `^src/(${stages.join('|')})/` },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: `node_modules/(@types/)?(${pureLibraries.join('|')})/`,
      },
    },
    {
      name: 'stages-use-no-node-builtins',
      comment: 'Hashing is a pure function; everything else of Node is an edge.',
      severity: 'error',
      from: { path: `^src/(${stages.join('|')})/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'adapters-take-types-only-from-stages',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: `^src/(${stages.slice(1).join('|')})/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-wiring',
      severity: 'error',
      from: { path: '^src/(?!wiring/)' },
      to: { path: '^src/wiring/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
