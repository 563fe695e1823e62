import { type Finding, PlatformError } from '@airlock-ml/contract'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { table } from '../../output/table.ts'
import { type OpenWorkspace, openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'workspace check',
  summary: 'Check that database, artifact store and audit log agree; remove orphans',
  description:
    'Ends with exit code 1 when something is wrong. Orphans are wrong with nothing and take only space: with --repair they are removed, but for what may be in flight.',
  args: { name: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  options: {
    repair: { summary: 'Remove orphans: what kills have left. Each repair is an audit event' },
    dryRun: { summary: 'With --repair: say what it would remove and change nothing' },
  },
  examples: ['airlock workspace check enterprise-production', 'airlock workspace check --repair --dry-run'],
  run: async ({ args, options: { repair, dryRun }, context }) => {
    if (dryRun && !repair) throw new PlatformError('cli_usage_invalid', '--dry-run goes with --repair.')
    const workspace = await openWorkspace(context, args.name)
    return repair ? repaired(workspace, dryRun, context) : checked(workspace, context)
  },
})

async function checked({ client, name }: OpenWorkspace, context: Context) {
  const check = await client.checkWorkspace()
  const counts = Object.entries(check.checked).map(([thing, count]) => `${count} ${inWords(thing)}`)
  return {
    data: check,
    text: async () => {
      const state = check.consistent
        ? `${name} is consistent: ${counts.join(', ')} checked`
        : `${name} is not consistent:`
      return [state, await findingsTable(check.findings, context)].filter((part) => part !== '').join('\n')
    },
    exitCode: check.consistent ? exitCodes.done : exitCodes.refused,
  }
}

async function repaired({ client, name }: OpenWorkspace, dryRun: boolean, context: Context) {
  const repair = await client.repairWorkspace({ body: { dryRun } })
  const { removed, spared, sizeBytes } = repair
  const head = `${dryRun ? 'would remove' : 'removed'} ${removed.length} orphans of ${name}, ${sizeBytes} bytes`
  const tail = spared.length === 0 ? '' : `spared, as it may be in flight:`
  return {
    data: repair,
    text: async () =>
      [head, await findingsTable(removed, context), tail, await findingsTable(spared, context)]
        .filter((part) => part !== '')
        .join('\n'),
  }
}

const findingsTable = (findings: readonly Finding[], context: Context) =>
  findings.length === 0
    ? ''
    : table(
        findings,
        {
          Kind: ({ kind }) => kind,
          Subject: ({ subject }) => subject,
          Bytes: ({ sizeBytes }) => sizeBytes ?? '',
          Detail: ({ detail }) => detail,
        },
        context,
      )

/** `auditEvents` → `audit events`. */
const inWords = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
