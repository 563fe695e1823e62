/** The part of the catalogue about predictions that were recorded. */
export const predictionErrors = {
  prediction_not_found: {
    status: 404,
    title: 'No such prediction',
    remedy:
      'Check the id. One that was answered a moment ago is known when its part is registered; see `logWaiting` in `airlock deployment show NAME`.',
  },
  prediction_part_invalid: {
    status: 422,
    title: 'The bytes are no part of a prediction log',
    remedy: 'Nothing was registered. Update the service, so that it and the workspace are of one version.',
  },
  prediction_part_differs: {
    status: 409,
    title: 'The part was registered with other bytes',
    remedy: 'Nothing changed: what was registered first is the part.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
