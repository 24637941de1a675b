/** The import law of the architecture: who may import whom. A path tells layer and process. */
const test = '\\.test\\.(ts|tsx|mjs)$'
const services = '^main/(training|data|store|export|exchange|engine)/'

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle is one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'common-stands-alone',
      comment: 'main/common runs anywhere: no Node, no Electron, nothing of ours outside it but templates.',
      severity: 'error',
      from: { path: '^main/common/', pathNot: test },
      to: {
        pathNot: '^(main/common/|resources/templates/.*\\.json$)',
        dependencyTypesNot: ['npm', 'npm-dev'],
      },
    },
    {
      name: 'common-no-native-packages',
      comment: 'main/common also runs in the page: only packages that run there.',
      severity: 'error',
      from: { path: '^main/common/', pathNot: test },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/(zod|@orpc/contract|acorn)/' },
    },
    {
      name: 'page-imports-common-only',
      comment: 'The page reaches the services through the contract, never by import.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^main/', pathNot: '^main/common/' },
    },
    {
      name: 'page-has-no-node',
      comment: 'The page is sandboxed: no Node, no Electron, no server-side package.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'page-has-no-server-packages',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: 'node_modules/(electron|better-sqlite3|sharp|ws|@orpc/server)/' },
    },
    {
      name: 'only-desktop-imports-electron',
      comment: 'Everything else also runs without Electron: browser shell, command line, tests.',
      severity: 'error',
      from: { pathNot: '^(main/(desktop|preload)\\.ts$|main/desktop/|e2e/)' },
      to: { path: '(^electron$|node_modules/electron/)' },
    },
    {
      name: 'services-do-not-know-shells',
      comment: 'Shells and the composition root import services, never the other way round.',
      severity: 'error',
      from: { path: services },
      to: {
        path: '^main/((desktop|preload|server|cli|workbench)\\.ts$|(shells|desktop|cli|services)/|launch)',
      },
    },
    {
      name: 'engine-stands-alone',
      comment: 'The engine knows nothing of data, store or training.',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { path: '^main/(training|data|store|export)/' },
    },
    {
      name: 'only-engine-touches-the-addon',
      severity: 'error',
      from: { pathNot: '^main/engine/' },
      to: { path: '\\.node$' },
    },
    {
      name: 'only-store-opens-sqlite',
      comment:
        'One module owns the schema; tests may look at the file, or hold it, as another program would.',
      severity: 'error',
      from: { pathNot: `(^main/(store|killTest)/|${test})` },
      to: { path: 'node_modules/better-sqlite3/' },
    },
    {
      name: 'launcher-has-no-dependencies',
      comment: 'The launcher runs before npm has installed anything, on Node 20.',
      severity: 'error',
      from: { path: '^main/launch', pathNot: test },
      to: { pathNot: '^main/launch', dependencyTypesNot: ['core'] },
    },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      from: { pathNot: `(${test}|^e2e/)` },
      to: { path: test },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    exclude: { path: '(^out/|^native/build|/fixtures/)' },
  },
}
