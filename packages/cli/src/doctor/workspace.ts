import type { Context } from '../context.ts'
import { duration } from '../output/time.ts'
import type { ProjectFolder } from '../project/config.ts'
import { readSession } from '../project/session.ts'
import { applyStacks } from '../stack/apply.ts'
import { wantedStacks } from '../stack/wanted-stacks.ts'
import { openWorkspace } from '../workspace/open.ts'
import { servedUrl } from '../workspace/served-url.ts'
import { fail, type Look, ok, warn } from './look.ts'

const SKEW_WARN_MS = 30_000
const SKEW_FAIL_MS = 300_000

/** Whether a workspace answers, knows the caller, agrees with the project about stacks, and has ours for its time. */
export const workspaceLooks = (context: Context, folder: ProjectFolder, name: string, deep: boolean): Look[] => [
  {
    subject: name,
    look: async () => {
      const { client, advance } = await openWorkspace(context, name)
      const { version } = await client.showWorkspace()
      const { actor } = await client.whoami()
      return ok(`${advance ? 'embedded' : 'served'}, version ${version}, signed in as ${actor.name}`)
    },
  },
  {
    subject: `${name} stacks`,
    look: async () => {
      const workspace = await openWorkspace(context, name)
      const { stacks } = await applyStacks(workspace, await wantedStacks(folder, name), { dryRun: true })
      const behind = stacks.filter(({ change }) => change !== 'unchanged').map((stack) => stack.name)
      if (behind.length > 0)
        return warn(`${behind.join(', ')} is not as the project says`, `airlock stack apply --workspace ${name}`)
      const { client, project } = workspace
      for (const stack of stacks) {
        const { components } = await client.checkStack({ project, stack: stack.name })
        const bad = components.find(({ outcome }) => outcome !== 'ok')
        if (bad) return { ...bad, message: `${stack.name} ${bad.type}: ${bad.message}` }
      }
      return ok(stacks.map((stack) => stack.name).join(', ') || 'none')
    },
  },
  { subject: `${name} clock`, look: () => lookAtClock(context, folder, name) },
  ...(deep ? [consistency(context, name)] : []),
]

const consistency = (context: Context, name: string): Look => ({
  subject: `${name} records`,
  look: async () => {
    const { client } = await openWorkspace(context, name)
    const { consistent, findings } = await client.checkWorkspace()
    if (consistent) return ok('database, artifact store and audit log agree')
    return fail(`${findings.length} things do not agree`, `airlock workspace check ${name}`)
  },
})

/** A server's time by the header that each answer carries, to the second. */
async function lookAtClock(context: Context, { dir, config }: ProjectFolder, name: string) {
  const session = await readSession(dir)
  const url = session.urls?.[name] ?? config.workspaces[name]?.url ?? (await servedUrl(dir, name))
  if (!url) return ok('the clock of this machine')
  const sentAt = context.now().getTime()
  const { headers } = await fetch(new URL('/api/v1/workspace', url), { signal: AbortSignal.timeout(5_000) })
  return skewOf(headers.get('date'), (sentAt + context.now().getTime()) / 2)
}

/** What the difference between two clocks means. `header` is an HTTP date. */
export function skewOf(header: string | null, ourMs: number) {
  const theirMs = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(theirMs)) return warn('the server does not tell its time', 'See what stands between it and you.')
  const apartMs = Math.abs(theirMs - ourMs)
  const message = `the server's clock is ${duration(0, apartMs)} ${theirMs > ourMs ? 'ahead' : 'behind'}`
  const remedy = 'Let both machines take their time from NTP: keys, leases and approvals expire by it.'
  if (apartMs > SKEW_FAIL_MS) return fail(message, remedy)
  return apartMs > SKEW_WARN_MS ? warn(message, remedy) : ok('agrees with the server within its second')
}
