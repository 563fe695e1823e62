import { lookAt } from '../doctor/look.ts'
import { diskLook, gitLook, nodeLook } from '../doctor/machine.ts'
import { projectLooks } from '../doctor/project.ts'
import { workspaceLooks } from '../doctor/workspace.ts'
import { exitCodes } from '../exit-codes.ts'
import { command } from '../manifest/command.ts'
import { outcomeLine } from '../output/outcome.ts'
import { openProjectFolder } from '../project/config.ts'
import { findProjectFolder } from '../project/find-project.ts'

export default command({
  name: 'doctor',
  summary: 'Look at this machine, project and its workspaces, and say what is wrong and what to do',
  description: 'Ends with exit code 1 when something is wrong. A warning stops nothing. It changes nothing.',
  options: { deep: { summary: 'Also check each workspace whole, as `airlock workspace check` does' } },
  examples: ['airlock doctor', 'airlock doctor --deep --json'],
  run: async ({ options: { deep }, context }) => {
    const dir = findProjectFolder(context.cwd)
    const looks = [nodeLook(process.versions.node), diskLook(dir), gitLook(dir)]
    const found = await lookAt(looks)
    // A configuration that does not load is a finding, and the end of what can be looked at.
    const opened = await openProjectFolder(dir).catch((error: Error) => error)
    if (opened instanceof Error)
      found.push(...(await lookAt([{ subject: 'airlock.config.ts', look: () => Promise.reject(opened) }])))
    else {
      found.push(...(await lookAt(projectLooks(opened))))
      const names = context.flags.workspace ? [context.flags.workspace] : Object.keys(opened.config.workspaces)
      for (const name of names) found.push(...(await lookAt(workspaceLooks(context, opened, name, deep))))
    }
    const isWell = found.every(({ outcome }) => outcome !== 'fail')
    return {
      data: { ok: isWell, checks: found },
      text: () => found.map((each) => outcomeLine(each, context)).join('\n'),
      exitCode: isWell ? exitCodes.done : exitCodes.refused,
    }
  },
})
