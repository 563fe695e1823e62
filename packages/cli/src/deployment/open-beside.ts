import { type FollowOptions, type Observer, openShadow, type ServedCode, type ServiceLog } from '@airlock-ml/serving'

/** What answers beside the champion, unheard. */
export type Beside = {
  observer: Observer
  onTarget: NonNullable<FollowOptions['onTarget']>
  state: NonNullable<FollowOptions['shadow']>
  close: () => Promise<void>
}

/** The roles of a version's artifacts that its pipeline reads, beside the model. */
type Code = ServedCode & { roles: readonly string[] }

/** Lets a shadow answer as the target has it, and `observers` see what it said. */
export function openBeside({
  code: { roles, ...code },
  observers,
  log,
}: {
  code: Code
  observers: readonly Observer[]
  log: ServiceLog
}): Beside {
  const shadow = openShadow({ code, observers, log })
  return {
    observer: shadow,
    onTarget: async ({ challenger }, { bytesOf }) => {
      if (challenger?.mode !== 'shadow') return shadow.set(null)
      const { version } = challenger
      const read = ['model', ...roles].map(async (role) => [role, await bytesOf(version, role)] as const)
      shadow.set({ version, artifacts: Object.fromEntries(await Promise.all(read)) })
    },
    state: shadow.state,
    close: shadow.close,
  }
}
