import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'workspace check',
  summary: 'Check that database, artifact store and audit log agree',
  description: 'Ends with exit code 1 when something is wrong.',
  args: { name: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  examples: ['airlock workspace check enterprise-production'],
  run: async ({ args, context }) => {
    const workspace = await openWorkspace(context, args.name)
    const check = await workspace.client.checkWorkspace()
    const checked = Object.entries(check.checked).map(([thing, count]) => `${count} ${inWords(thing)}`)
    return {
      data: check,
      text: async () => {
        if (check.consistent) return `${workspace.name} is consistent: ${checked.join(', ')} checked`
        const columns = {
          Kind: (finding: (typeof check.findings)[number]) => finding.kind,
          Subject: (finding: (typeof check.findings)[number]) => finding.subject,
          Detail: (finding: (typeof check.findings)[number]) => finding.detail,
        }
        return `${workspace.name} is not consistent:\n${await table(check.findings, columns, context)}`
      },
      exitCode: check.consistent ? exitCodes.done : exitCodes.refused,
    }
  },
})

/** `auditEvents` → `audit events`. */
const inWords = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
