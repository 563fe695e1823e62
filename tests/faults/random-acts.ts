import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Promotion } from '@airlock-ml/contract'
import { accountOf, inside } from './account.ts'
import { ageAll } from './age.ts'
import { dev, type FaultyProject, model, production } from './faulty-project.ts'

/** A kind of command that is killed at random. */
export type RandomAct = {
  name: string
  /** The command, or null when there is nothing it could be done to at present. */
  command: (project: FaultyProject) => Promise<string[] | null>
  /** How it may end when nothing kills it. */
  codes: readonly number[]
  /** About how long it takes, so that kills fall everywhere in it; learned as it goes. */
  takesMs: number
}

const ofProduction = ['--workspace', production]
const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]

export const pick = <T>(random: () => number, from: readonly T[]): T | undefined =>
  from[Math.floor(random() * from.length)]

/** The acts; some are refused where a version was recalled or rolled back before, which is right. */
export const randomActs = (random: () => number): RandomAct[] => [
  {
    name: 'run',
    command: async () => ['run', 'training', '--param', `trees=${1 + Math.floor(random() * 40)}`],
    codes: [0],
    takesMs: 1_500,
  },
  {
    name: 'model promote',
    command: async ({ dir }) => {
      const { versions } = await accountOf(dir, dev)
      const version = pick(
        random,
        versions.filter(({ stage, marks }) => stage === 'none' && marks.length === 0),
      )
      return version
        ? ['model', 'promote', model, '--to-stage', 'staging', '--model-version', `${version.number}`]
        : null
    },
    codes: [0],
    takesMs: 800,
  },
  {
    name: 'export',
    command: async () => ['promote', '--model', model, '--source-workspace', dev, '--export-only'],
    codes: [0, 1],
    takesMs: 800,
  },
  { name: 'promote', command: async () => ['promote', ...between], codes: [0, 1, 3], takesMs: 1_200 },
  {
    name: 'approve',
    command: async ({ dir }) => {
      const open = pick(random, await promotionsAwaiting(dir))
      return open ? ['promotion', 'approve', open.id, '--as', 'ben', '--yes', ...ofProduction] : null
    },
    // Pending when the holder changed since.
    codes: [0, 1, 3],
    takesMs: 1_200,
  },
  {
    name: 'rollback',
    command: async ({ dir }) => {
      const { versions, history } = await accountOf(dir, production)
      const held = new Set(history.map(({ number }) => number))
      const to = pick(
        random,
        versions.filter(({ stage, number }) => stage !== 'production' && held.has(number)),
      )
      return to
        ? ['model', 'rollback', model, '--to-version', `${to.number}`, '--reason', 'at random', ...ofProduction]
        : null
    },
    codes: [0, 1],
    takesMs: 800,
  },
  {
    name: 'recall',
    command: async ({ dir }) => {
      const { versions } = await accountOf(dir, dev)
      const version = pick(
        random,
        versions.filter(({ stage }) => stage !== 'staging'),
      )
      const digest = Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('')
      const what =
        version && random() < 0.4 ? ['--model', model, '--model-version', `${version.number}`] : ['--artifact', digest]
      return ['recall', ...what, '--reason', 'at random', '--workspace', dev]
    },
    codes: [0],
    takesMs: 700,
  },
  {
    name: 'recall lift',
    command: async ({ dir }) => {
      const { recalls } = await accountOf(dir, dev)
      const standing = pick(
        random,
        recalls.filter(({ lifted }) => lifted === null),
      )
      return standing
        ? ['recall', 'lift', standing.id, '--reason', 'at random', '--as', 'ben', '--workspace', dev]
        : null
    },
    codes: [0],
    takesMs: 700,
  },
  { name: 'recall sync', command: async () => ['recall', 'sync', ...ofProduction], codes: [0], takesMs: 700 },
  {
    name: 'promotion sync',
    command: async () => ['promotion', 'sync', '--workspace', dev],
    codes: [0],
    takesMs: 700,
  },
  {
    name: 'checkpoint',
    command: async () => ['audit', 'checkpoint', '--workspace', random() < 0.5 ? dev : production],
    codes: [0],
    takesMs: 800,
  },
  {
    name: 'policy apply',
    command: async ({ dir }) => {
      const file = join(dir, 'governance/policies/production.yaml')
      const bar = (0.6 + Math.floor(random() * 100) / 1_000).toFixed(3)
      await writeFile(file, (await readFile(file, 'utf8')).replace(/>= [\d.]+/, `>= ${bar}`))
      return ['policy', 'apply', 'governance/policies/production.yaml', ...ofProduction]
    },
    codes: [0],
    takesMs: 600,
  },
  {
    name: 'repair',
    command: async ({ dir }) => {
      const workspace = random() < 0.5 ? dev : production
      await ageAll(dir, workspace)
      return ['workspace', 'check', workspace, '--repair']
    },
    codes: [0],
    takesMs: 700,
  },
]

const promotionsAwaiting = (dir: string): Promise<Promotion[]> =>
  inside(dir, production, async (client) => {
    const state = 'awaiting_approval'
    return (await client.listPromotions({ project: 'cancer-detection', model, state })).items
  })
