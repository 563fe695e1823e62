// `npm run test:faults -- [--count N] [--seed S] [--minutes M]`: kills random commands at random moments, runs each again, and looks at
// both workspaces after every kill and at the end. Outside the gate: it takes minutes, and no two runs kill at the same
// instruction. Prints a summary line last; ends with 1 when anything was wrong.
import { parseArgs } from 'node:util'
import type { WorkspaceRepair } from '@airlock-ml/contract'
import { accountOf, faultsOf } from './account.ts'
import { ageAll } from './age.ts'
import { dev, type Ending, type FaultyProject, faultyProject, must, production } from './faulty-project.ts'
import { addToDev, approve, ask, makeWorkspaces, trainAndStage } from './prepare.ts'
import { pick, type RandomAct, randomActs } from './random-acts.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    minutes: { type: 'string', default: 'Infinity' },
  },
})
const count = Number(values.count)
const random = randomFrom(Number(values.seed))

type Tally = { kills: number; ended: number; faults: string[]; byAct: Map<string, number> }

async function killAtRandom(project: FaultyProject, act: RandomAct, tally: Tally): Promise<void> {
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

/** Whatever the kills left is found and removed once it is old; then nothing is left. */
async function repairAll(project: FaultyProject, workspace: string, tally: Tally): Promise<void> {
  await ageAll(project.dir, workspace)
  const { removed, sizeBytes } = JSON.parse(
    await must(project, ['workspace', 'check', workspace, '--repair', '--json']),
  ) as WorkspaceRepair
  console.log(`${workspace}: ${removed.length} orphans removed, ${sizeBytes} bytes`)
  const left = (await accountOf(project.dir, workspace)).check.findings
  for (const { kind, subject, detail } of left)
    tally.faults.push(`left after the repair: ${kind} ${subject}: ${detail}`)
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
  await addToDev(project)
  const acts = randomActs(random)
  const endsAtMs = startedAt + Number(values.minutes) * 60_000
  while (tally.kills < count && performance.now() < endsAtMs) {
    const act = pick(random, acts)
    if (act) await killAtRandom(project, act, tally)
  }
  for (const workspace of [dev, production]) await repairAll(project, workspace, tally)
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
