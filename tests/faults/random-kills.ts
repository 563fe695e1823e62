// `npm run test:faults -- [--count N] [--seed S]`: kills random commands at random moments, runs each again, and looks at
// both workspaces after every kill and at the end. Outside the gate: it takes minutes, and no two runs kill at the same
// instruction. Prints a summary line last; ends with 1 when anything was wrong.
import { parseArgs } from 'node:util'
import type { Promotion } from '@airlock-ml/contract'
import { accountOf, faultsOf, inside } from './account.ts'
import { dev, type Ending, type FaultyProject, faultyProject, model, production } from './faulty-project.ts'
import { approve, ask, makeWorkspaces, trainAndStage } from './prepare.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '50' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
})
const count = Number(values.count)
const random = randomFrom(Number(values.seed))

type Act = {
  name: string
  /** The command, or null when there is nothing it could be done to at present. */
  command: (project: FaultyProject) => Promise<string[] | null>
  /** How it may end when nothing kills it. */
  codes: readonly number[]
  /** About how long it takes, so that kills fall everywhere in it; learned as it goes. */
  takesMs: number
}

const ofProduction = ['--workspace', production]
const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)]
const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]

const acts: Act[] = [
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
      const version = pick(versions.filter(({ stage }) => stage === 'none'))
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
    codes: [0],
    takesMs: 800,
  },
  // Refused when its version or a newer one came in before, which is right.
  { name: 'promote', command: async () => ['promote', ...between], codes: [0, 1, 3], takesMs: 1_200 },
  {
    name: 'approve',
    command: async ({ dir }) => {
      const open = pick(await promotionsAwaiting(dir))
      return open ? ['promotion', 'approve', open.id, '--as', 'ben', '--yes', ...ofProduction] : null
    },
    // Refused when a newer version came in since, pending when the holder changed since.
    codes: [0, 1, 3],
    takesMs: 1_200,
  },
  {
    name: 'rollback',
    command: async ({ dir }) => {
      const { versions, history } = await accountOf(dir, production)
      const held = new Set(history.map(({ number }) => number))
      const to = pick(versions.filter(({ stage, number }) => stage !== 'production' && held.has(number)))
      return to
        ? ['model', 'rollback', model, '--to-version', `${to.number}`, '--reason', 'at random', ...ofProduction]
        : null
    },
    codes: [0],
    takesMs: 800,
  },
]

const promotionsAwaiting = (dir: string): Promise<Promotion[]> =>
  inside(dir, production, async (client) => {
    const state = 'awaiting_approval'
    return (await client.listPromotions({ project: 'cancer-detection', model, state })).items
  })

type Tally = { kills: number; ended: number; faults: string[]; byAct: Map<string, number> }

async function killAtRandom(project: FaultyProject, act: Act, tally: Tally): Promise<void> {
  const command = await act.command(project)
  if (!command) return
  // The first fifth only loads code.
  const killAfterMs = Math.ceil(act.takesMs * (0.2 + 0.9 * random()))
  const startedAt = performance.now()
  const first = await project.airlock(command, {}, { killAfterMs })
  const wasKilled = first.signal === 'SIGKILL'
  if (wasKilled) tally.kills += 1
  else act.takesMs = (act.takesMs + performance.now() - startedAt) / 2
  tally.byAct.set(act.name, (tally.byAct.get(act.name) ?? 0) + Number(wasKilled))
  const copy = await project.copyState()
  const faults = await faultsOfBoth(copy)
  const again = wasKilled ? await project.airlock(command) : first
  tally.ended += 1
  if (!act.codes.includes(again.code)) faults.push(`ended with ${told(again)}`)
  faults.push(...(await faultsOfBoth(project.dir)))
  for (const fault of faults)
    tally.faults.push(`airlock ${command.join(' ')} (killed after ${killAfterMs} ms): ${fault}`)
  const mark = faults.length === 0 ? 'ok' : 'WRONG'
  console.log(
    `${String(tally.ended).padStart(4)} ${mark} ${act.name}: ${wasKilled ? `killed after ${killAfterMs} ms` : 'not killed'}, then ${again.code}`,
  )
}

const faultsOfBoth = async (dir: string): Promise<string[]> => [
  ...faultsOf(await accountOf(dir, dev)),
  ...faultsOf(await accountOf(dir, production)),
]
const told = ({ code, signal, stdout, stderr }: Ending) => `${signal ?? code}\n${stdout}\n${stderr}`

/** mulberry32: the same kills are tried again with the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const startedAt = performance.now()
const project = await faultyProject()
const tally: Tally = { kills: 0, ended: 0, faults: [], byAct: new Map() }
try {
  await makeWorkspaces(project)
  await trainAndStage(project, 3)
  await approve(project, (await ask(project)).id)
  while (tally.kills < count) {
    const act = pick(acts)
    if (act) await killAtRandom(project, act, tally)
  }
  for (const workspace of [dev, production]) {
    const { versions, history, runs, promotions, events } = await accountOf(project.dir, workspace)
    const lost = runs.filter(({ status }) => status === 'lost').length
    console.log(
      `${workspace}: ${versions.length} versions, ${history.length} changes of stage, ${runs.length} runs (${lost} lost), ${promotions.length} promotions, ${events.length} events`,
    )
  }
} finally {
  await project.remove()
}
for (const fault of tally.faults) console.error(fault)
const kills = [...tally.byAct].map(([name, n]) => `${name} ${n}`).join(', ')
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(
  `random kills: ${tally.kills} of ${tally.ended} commands (${kills}), seed ${values.seed}, ${seconds} s: ${tally.faults.length === 0 ? 'both workspaces consistent after each' : `${tally.faults.length} faults`}`,
)
if (tally.faults.length > 0) process.exitCode = 1
