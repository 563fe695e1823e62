import { isPlatformError, type Pipeline, type SnapshotSpec } from '@airlock-ml/contract'
import type { Context } from '../../context.ts'
import { command } from '../../manifest/command.ts'
import { fieldLines } from '../../output/show.ts'
import { gatherSteps } from '../../pipeline/gather-steps.ts'
import { graphOf } from '../../pipeline/graph.ts'
import { graphMermaid } from '../../pipeline/mermaid.ts'
import { graphSvg } from '../../pipeline/svg.ts'
import { graphText } from '../../pipeline/text.ts'
import { compilePipeline } from '../../run/compile-pipeline.ts'
import { environmentOption, paramOption } from '../../run/options.ts'
import { type OpenWorkspace, openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'pipeline show',
  summary: 'Draw a pipeline',
  description: `From its file, compiled and not run; from its latest snapshot where this project has no such file. With --json the steps
and the lines between them.`,
  args: { name: { summary: 'Pipeline' } },
  options: {
    environment: environmentOption,
    param: paramOption,
    format: { value: 'FORMAT', choices: ['text', 'mermaid', 'svg'], default: 'text', summary: 'How to draw it' },
    all: { summary: 'Draw each step of a wide fan-out, not one for all of them' },
  },
  examples: ['airlock pipeline show training', 'airlock pipeline show training --format svg > training.svg'],
  run: async ({ args, options: { environment, param: params, format, all }, context }) => {
    const request = { pipeline: args.name, environment, stack: undefined, params, drawn: true }
    const compiled = await compilePipeline(context, request).catch((error: unknown) => {
      if (isPlatformError(error) && error.code === 'pipeline_file_not_found') return error
      throw error
    })
    const workspace = await openWorkspace(context, isPlatformError(compiled) ? undefined : compiled.workspace)
    const known = await knownTo(workspace, args.name)
    // Without a file and unknown: the refusal that names the nearest file says more.
    if (isPlatformError(compiled) && !known) throw compiled
    const spec = isPlatformError(compiled) ? await latestSpec(workspace, known!) : compiled.spec
    const graph = graphOf(spec)
    const { snapshots = 0, latestSnapshotId = null, createdAt = null } = known ?? {}
    const { steps, edges } = graph
    return {
      data: { name: args.name, project: workspace.project, snapshots, latestSnapshotId, createdAt, steps, edges },
      text: () => {
        const drawn = all ? graph : gatherSteps(graph)
        if (format === 'mermaid') return graphMermaid(drawn)
        if (format === 'svg') return graphSvg(args.name, drawn)
        return [summary(spec, known, context), '', graphText(drawn, context.colours)].join('\n')
      },
    }
  },
})

const summary = ({ pipeline, model, steps }: SnapshotSpec, known: Pipeline | null, context: Context) =>
  fieldLines(
    {
      name: pipeline,
      model: model && `${model.action} ${model.name}`,
      steps: steps.length,
      snapshots: known?.snapshots ?? 'none yet',
      'latest snapshot': known?.latestSnapshotId,
    },
    context,
  )

async function knownTo({ client, project }: OpenWorkspace, pipeline: string): Promise<Pipeline | null> {
  try {
    return await client.showPipeline({ project, pipeline })
  } catch (error) {
    if (isPlatformError(error) && error.code === 'pipeline_not_found') return null
    throw error
  }
}

const latestSpec = async ({ client, project }: OpenWorkspace, { latestSnapshotId: snapshotId }: Pipeline) =>
  (await client.showSnapshot({ project, snapshotId })).spec
