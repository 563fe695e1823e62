/** The part of the catalogue about deployments and the services that answer for them. */
export const servingErrors = {
  deployment_not_found: { status: 404, title: 'No such deployment', remedy: 'See `airlock deployment list`.' },
  deployment_exists: {
    status: 409,
    title: 'There is a deployment of that name',
    remedy:
      'Change it with `airlock deployment update NAME`, or choose another name. Where what made it was ended before its service started: `airlock deployment start NAME --take-over`.',
  },
  deployment_snapshot_unfit: {
    status: 422,
    title: 'The snapshot cannot answer for the deployment',
    remedy:
      'Take a pipeline that serves a model, as `realtime-inference` of the template; a deployment keeps its pipeline and model for life.',
  },
  deployment_loosens: {
    status: 409,
    title: 'A second person has to let a deployment do that',
    remedy:
      'Make it without, then ask for it: `airlock deployment update NAME`, which waits for another admin with `airlock change approve`.',
  },
  deployment_key_not_found: {
    status: 404,
    title: 'No such key of the deployment',
    remedy: 'See `airlock deployment key list NAME`.',
  },
  deployment_key_exists: {
    status: 409,
    title: 'The deployment has a key of that name',
    remedy: 'Choose another name, or revoke that key first: `airlock deployment key revoke NAME KEY`.',
  },
  deployment_keys_full: {
    status: 409,
    title: 'The deployment has as many keys as it may',
    remedy: 'Revoke those that nobody uses: `airlock deployment key revoke NAME KEY`.',
  },
  drift_hook_not_found: {
    status: 404,
    title: 'No such call of a drift hook',
    remedy:
      'See `airlock monitor show NAME` for those of a deployment, `airlock monitor batch RUN` for those of a run.',
  },
  drift_hook_not_running: {
    status: 409,
    title: 'The drift hook is not running',
    remedy: 'What was recorded of it stands; see `airlock monitor show NAME`. It is not called again.',
  },
  challenger_is_champion: {
    status: 409,
    title: 'The challenger is the version that holds the stage',
    remedy: 'Name another version; see `airlock model version list MODEL`.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
