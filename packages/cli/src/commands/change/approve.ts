import { changeResult } from '../../change/print.ts'
import { sendSigned } from '../../decision-key/sign.ts'
import { command } from '../../manifest/command.ts'
import { confirm } from '../../output/confirm.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'change approve',
  summary: 'Approve a change request of another person, which applies it',
  description:
    'Shows what it changes and asks; with `--yes` it does not ask. The approval is signed with your decision key over the digest of what was shown.',
  args: { id: { summary: 'Change request' } },
  options: {
    reason: { value: 'TEXT', summary: 'Why, for the record' },
    yes: { short: 'y', summary: 'Do not ask' },
  },
  examples: ['airlock change approve 0198c0de-0000-7000-8000-000000000000 --as eve --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    const { client, name } = workspace
    const shown = { context, workspace: name }
    const change = await client.showChange({ changeId: args.id })
    const { actor } = await client.whoami()
    // A command that was killed after its transaction is run again, and must end well.
    if (change.state === 'applied' && change.decision?.person === actor.person) return changeResult(change, shown)
    if (!options.yes && change.state === 'pending') {
      context.note(await changeResult(change, shown).text())
      await confirm(context, `Approve change ${change.digest.slice(0, 12)}?`)
    }
    const reason = options.reason?.trim() ?? null
    const subject = { kind: 'change' as const, id: args.id }
    const decision = { verdict: 'approved' as const, subject, digest: change.digest, reason }
    const applied = await sendSigned(workspace, decision, (signature) =>
      client.approveChange({ changeId: args.id, body: { reason, signature: signature ?? '' } }),
    )
    return changeResult(applied, shown)
  },
})
