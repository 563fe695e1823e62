import { resolve } from 'node:path'
import { readArtifact } from '../../artifact/read.ts'
import { command } from '../../manifest/command.ts'
import { writeWhole } from '../../output/write-whole.ts'
import { dataSetsOf } from '../../report/data-sets.ts'
import { findReport } from '../../report/find-report.ts'
import { originOf } from '../../report/origin.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'report show',
  summary: 'Render the training report of a run or version as Markdown or HTML',
  description: `Markdown is for pull requests. The HTML file holds everything it shows, runs no script and fetches nothing. \`--json\` prints
the data of the report itself. Where it comes from, and its data sets by digest, are the workspace's own record, not what the report says.`,
  args: { of: { summary: 'Run, or MODEL/NUMBER' } },
  options: {
    format: { value: 'FORMAT', choices: ['md', 'html'], default: 'md', summary: 'Markdown or HTML' },
    output: { short: 'o', value: 'FILE', summary: 'File to write (default: standard output)' },
  },
  examples: [
    'airlock report show breast_cancer_classifier/3',
    'airlock report show breast_cancer_classifier/3 --format html -o report.html',
  ],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const { digest, sizeBytes } = await findReport(client, { project, of: args.of })
    const { readReport } = await import('../../report/read-report.ts')
    const report = readReport(await readArtifact(client, { project, digest, sizeBytes }))
    const trace = await client.trace({ project, ref: args.of })
    const told = { dataSets: await dataSetsOf(client, trace), origin: originOf(trace) }
    const rendered =
      options.format === 'html'
        ? (await import('../../report/html.ts')).reportHtml(report, told)
        : (await import('../../report/markdown.ts')).reportMarkdown(report, told)
    if (options.output === undefined) return { data: { ...report, ...told }, text: () => rendered.trimEnd() }
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, rendered)
    return {
      data: { file, format: options.format, report, ...told },
      text: () => `wrote the report of ${args.of} to ${file}`,
    }
  },
})
