import { command } from '../manifest/command.ts'
import { paramOption, stackOption, versionOptions } from '../run/options.ts'
import { runByName } from '../run/run-by-name.ts'
import { parentOfRound } from '../watch/parent.ts'
import { filesOfCompiled, filesToLoad } from '../watch/watched-files.ts'

export default command({
  name: 'run-watched',
  summary: 'Run a pipeline once, as a process of `airlock run --watch`',
  hidden: true,
  args: { pipeline: { summary: 'Pipeline' } },
  options: { stack: stackOption, param: paramOption, ...versionOptions },
  examples: [],
  run: async ({ args: { pipeline }, options: { param: params, ...options }, context }) => {
    const parent = parentOfRound()
    context.onEnd(parent.leave)
    try {
      for await (const files of filesToLoad(context.cwd, { pipeline, environment: 'local' })) parent.tell({ files })
      const { id, status } = await runByName(context, {
        ...{ pipeline, environment: 'local', params, ...options, watched: true, signal: parent.signal },
        onCompiled: async (compiled) => parent.tell({ files: await filesOfCompiled(compiled) }),
      })
      parent.tell({ run: { id, status } })
    } catch (error) {
      // Told to stop before there was a run: nobody waits for an answer.
      if (error !== parent.signal.reason) throw error
    }
    return { data: undefined, text: () => '' }
  },
})
