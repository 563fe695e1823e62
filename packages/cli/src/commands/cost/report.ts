import { sinceOf } from '../../cost/parse-since.ts'
import { command } from '../../manifest/command.ts'
import { table } from '../../output/table.ts'
import { duration } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'cost report',
  summary: 'Sum the time of steps by a label of their runs',
  description:
    'Labels come from configs/ and, unchangeable for an author, from the stack. Steps that were cached or skipped cost nothing; steps that run side by side count each.',
  options: {
    by: { value: 'LABEL', summary: 'Label, as `team`; without it there is one sum' },
    since: { value: 'TIME', summary: 'Runs that started then or later: 24h, 7d, 2w, a date or a time' },
  },
  examples: ['airlock cost report --by team --since 7d'],
  run: async ({ options: { by, since }, context }) => {
    const from = since === undefined ? undefined : sinceOf(since, context.now())
    const { client, project } = await openWorkspace(context)
    const report = await client.reportCost({ project, by, since: from })
    if (by !== undefined && !report.labels.includes(by)) {
      const there = report.labels.length === 0 ? 'they have none' : `they have ${report.labels.join(', ')}`
      context.note(`No run in this report has the label ${by}: ${there}`)
    }
    const rows = [...(by === undefined ? [] : report.groups), { value: 'total', ...report.total }]
    return {
      data: report,
      text: () =>
        table(
          rows,
          {
            [by ?? '']: ({ value }) => value ?? `(no ${by})`,
            Runs: ({ runs }) => runs,
            Steps: ({ steps }) => steps,
            Time: ({ stepMs }) => duration(0, stepMs),
          },
          context,
        ),
    }
  },
})
