import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dev, model, production } from './faulty-project.ts'

/** Every crash point that the sources of the packages name. */
export function namedInSources(): string[] {
  const packages = join(import.meta.dirname, '../../packages')
  const files = globSync('*/src/**/*.ts', { cwd: packages }).filter((file) => !file.includes('.test.'))
  const named = files.flatMap((file) =>
    [...readFileSync(join(packages, file), 'utf8').matchAll(/crashPoint\('([^']+)'\)/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(named)].sort()
}

/** The crash points at which a test beside the code kills a process: `x.crash.test.ts`. */
export function killedBesideCode(): string[] {
  const packages = join(import.meta.dirname, '../../packages')
  const texts = globSync('*/src/**/*.crash.test.ts', { cwd: packages }).map((file) =>
    readFileSync(join(packages, file), 'utf8'),
  )
  return texts.flatMap((text) => [...text.matchAll(/'([a-z-]+:[a-z-]+)(?:#\d+)?'/g)].map(([, name]) => name ?? ''))
}

/** What only the prepared project knows. */
export type Known = { bundle: string; damagedBundle: string; promotion: string; recall: string }

/** A command, the workspace it acts in, the kept state it starts from, and how it ends when nothing kills it. */
export type Act = { in: string; from: string; command: (known: Known) => string[]; code: number }

const ofProduction = ['--workspace', production]
const importing = ['promote', '--model', model, '--dest-workspace', production, '--import-from']

export const acts = {
  birth: { in: dev, from: 'nothing', command: () => ['init', '--admin', 'ada'], code: 0 },
  registerKey: { in: production, from: 'made', command: () => ['decision-key', 'register', ...ofProduction], code: 0 },
  train: { in: dev, from: 'made', command: () => ['run', 'training'], code: 0 },
  fail: { in: dev, from: 'made', command: () => ['run', 'failing'], code: 1 },
  stage: { in: dev, from: 'trained', command: () => ['model', 'promote', model, '--to-stage', 'staging'], code: 0 },
  export: {
    in: dev,
    from: 'staged',
    command: () => ['promote', '--model', model, '--source-workspace', dev, '--export-only'],
    code: 0,
  },
  request: { in: production, from: 'exported', command: ({ bundle }) => [...importing, bundle], code: 3 },
  refuse: { in: production, from: 'exported', command: ({ damagedBundle }) => [...importing, damagedBundle], code: 1 },
  approve: {
    in: production,
    from: 'awaiting',
    command: ({ promotion }) => ['promotion', 'approve', promotion, '--as', 'ben', '--yes', ...ofProduction],
    code: 0,
  },
  reject: {
    in: production,
    from: 'awaiting',
    command: ({ promotion }) => ['promotion', 'reject', promotion, '--reason', 'no', '--as', 'ben', ...ofProduction],
    code: 0,
  },
  bar: {
    in: dev,
    from: 'trained',
    command: () => ['model', 'reject', model, '--model-version', '1', '--reason', 'no'],
    code: 0,
  },
  recall: {
    in: dev,
    from: 'trained',
    command: () => ['recall', '--model', model, '--model-version', '1', '--reason', 'leaked labels'],
    code: 0,
  },
  lift: {
    in: dev,
    from: 'recalled',
    command: ({ recall }) => ['recall', 'lift', recall, '--reason', 'no leak', '--as', 'ben', '--workspace', dev],
    code: 0,
  },
  hear: { in: production, from: 'recalled', command: () => ['recall', 'sync', ...ofProduction], code: 0 },
  refuseNotice: { in: production, from: 'forgeries', command: () => ['recall', 'sync', ...ofProduction], code: 0 },
  release: {
    in: production,
    from: 'rolled back',
    command: () => ['model', 'release', model, '--model-version', '2', '--reason', 'sound', ...ofProduction],
    code: 0,
  },
  signHead: { in: dev, from: 'made', command: () => ['audit', 'checkpoint', '--workspace', dev], code: 0 },
  rotate: { in: dev, from: 'staged', command: () => ['workspace', 'rotate-key', dev], code: 0 },
  witness: { in: dev, from: 'awaiting', command: () => ['audit', 'checkpoint', '--workspace', dev], code: 0 },
  refuseHead: { in: dev, from: 'forgeries', command: () => ['audit', 'checkpoint', '--workspace', dev], code: 0 },
  receive: { in: dev, from: 'two imported', command: () => ['promotion', 'sync', '--workspace', dev], code: 0 },
  refuseReceipt: { in: dev, from: 'forgeries', command: () => ['promotion', 'sync', '--workspace', dev], code: 0 },
  repair: { in: dev, from: 'orphaned', command: () => ['workspace', 'check', dev, '--repair'], code: 0 },
  collect: { in: dev, from: 'garbage', command: () => ['artifact', 'gc', '--older-than', '1h'], code: 0 },
  rollback: {
    in: production,
    from: 'two imported',
    command: () => ['model', 'rollback', model, '--to-version', '1', '--reason', 'worse', ...ofProduction],
    code: 0,
  },
} as const satisfies Record<string, Act>

/** Which act passes which points; `#K` the K-th time only. */
export const points: Record<keyof typeof acts, string[]> = {
  birth: [
    'birth:signing-key-stored',
    'birth:pepper-stored',
    'birth:migrated#2',
    'birth:committed#2',
    'create:committed',
  ],
  registerKey: ['decision-key:stored'],
  train: [
    'create:committed#2',
    'run:started',
    'run:step-started#2',
    'run:blob-uploaded#2',
    'artifact:blob-stored#3',
    'run:step-completed#2',
    'run:completing',
    'run:completing-checked',
    'run:completed',
  ],
  fail: ['run:failed'],
  stage: ['promote:committed'],
  export: ['export:file-written#4', 'export:manifest-written', 'export:signed', 'export:recorded'],
  request: ['create:committed', 'promotion:staged', 'promotion:verified'],
  refuse: ['promotion:refused'],
  approve: [
    'promotion:approved',
    'import:run-started',
    'import:blob-stored',
    'import:blob-stored#5',
    'import:committed',
    'outbox:delivered',
  ],
  reject: ['promotion:rejected'],
  bar: ['version:rejected'],
  recall: ['recall:issued', 'outbox:delivered'],
  lift: ['recall:lifted', 'outbox:delivered'],
  hear: ['recall:received'],
  refuseNotice: ['recall:notice-refused'],
  release: ['version:released'],
  signHead: ['checkpoint:signed'],
  rotate: ['rotate:key-stored', 'rotate:committed', 'rotate:key-in-place'],
  witness: ['witness:countersigned'],
  refuseHead: ['witness:refused'],
  receive: ['receipt:received'],
  refuseReceipt: ['receipt:refused'],
  repair: ['repair:begun', 'repair:removed', 'repair:removed#2', 'repair:recorded'],
  collect: ['collect:marked', 'collect:bytes-removed#2', 'collect:removed'],
  rollback: ['rollback:committed'],
}
