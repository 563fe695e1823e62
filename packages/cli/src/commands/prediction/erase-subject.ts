import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'prediction erase-subject',
  summary: 'Destroy the keys of a subject, so that nobody can read what was predicted about it',
  description: `In every deployment of the project. The files stay as they are, and so do their digests; predictions that are still on
their way to the workspace are erased when they arrive. It cannot be taken back. Copies of the database keep the keys.`,
  args: { subject: { summary: 'Whom it is about, as the requests named it' } },
  options: { reason: { value: 'TEXT', required: true, summary: 'Why, for the record' } },
  examples: ['airlock prediction erase-subject patient-1234 --reason "Request of 3 May"'],
  run: async ({ args: { subject }, options: { reason }, context }) => {
    const { client, project } = await openWorkspace(context)
    const erasure = await client.eraseSubject({ project, body: { subject, reason } })
    const { at, deployments, parts, labels } = erasure
    if (parts === 0)
      context.note('No prediction that has arrived names it. Those that are on their way are erased, too.')
    return shown(erasure, { at, deployments: deployments.join(', '), files: parts, labels }, { context })
  },
})
