import {
  type FollowOptions,
  type GuardsOptions,
  type LiveGuards,
  type Observer,
  openGuards,
  openShadow,
  type ServedCode,
  type Service,
} from '@airlock-ml/serving'

/** What answers beside the champion, unheard. */
export type Beside = {
  observers: readonly Observer[]
  guards: Pick<LiveGuards, 'isHeldBack' | 'holdBack' | 'onRetreat'>
  onTarget: NonNullable<FollowOptions['onTarget']>
  state: NonNullable<FollowOptions['shadow']>
  /** Shows what a shadow did to Prometheus. */
  expose: (service: Pick<Service, 'counters'>) => void
  close: () => Promise<void>
}

/** The roles of a version's artifacts that its pipeline reads, beside the model. */
type Code = ServedCode & { roles: readonly string[] }

/**
 * Lets a shadow answer as the target has it, and `observers` see what it said; watches it, and a canary, and ends what
 * breaks a guard.
 */
export async function openBeside({
  code: { roles, ...code },
  observers,
  ...about
}: GuardsOptions & { code: Code; observers: readonly Observer[] }): Promise<Beside> {
  const guards = openGuards(about)
  await guards.load()
  const shadow = openShadow({ code, observers: [...observers, guards], log: about.log })
  return {
    observers: [{ observe: shadow.observe }, guards],
    guards,
    onTarget: async (target, { bytesOf }) => {
      const { challenger } = target
      guards.follow(target)
      if (challenger?.mode !== 'shadow') return shadow.set(null)
      const { version } = challenger
      const read = ['model', ...roles].map(async (role) => [role, await bytesOf(version, role)] as const)
      shadow.set({ version, artifacts: Object.fromEntries(await Promise.all(read)) })
    },
    state: shadow.state,
    expose: ({ counters }) =>
      counters.watchEach({
        name: 'airlock_shadow_rows',
        help: 'Rows of a shadow since the start: answered, failed, dropped because there was no time, unrecorded.',
        labels: ['outcome'],
        values: () => Object.entries(shadow.state().counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
      }),
    close: async () => {
      await guards.close()
      await shadow.close()
    },
  }
}
