/** Asking for the drawing of a graph once per page, however many places show it. */
import { queryOptions } from '@tanstack/react-query'
import type { JsonObject } from '../document/types'
import { graphView, keyOf } from './view'

export const viewQuery = (graph: JsonObject) =>
  queryOptions({
    queryKey: ['comfy view', keyOf(graph)],
    queryFn: () => graphView(graph),
    // A graph never changes: another one has another key.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
