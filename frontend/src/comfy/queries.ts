/** Reading about a graph once per page, however many places show the response. */
import { queryOptions } from '@tanstack/react-query'
import type { JsonObject } from '../api/document'
import { runnerLacking } from '../api/runners'
import { graphPorts, graphView, keyOf } from './view'

export const viewQuery = (graph: JsonObject) =>
  queryOptions({
    queryKey: ['comfy view', keyOf(graph)],
    queryFn: () => graphView(graph),
    // A graph never changes: another one has another key.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

export const portsQuery = (graph: JsonObject) =>
  queryOptions({
    queryKey: ['comfy ports', keyOf(graph)],
    queryFn: () => graphPorts(graph),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

export const lackingQuery = (graph: JsonObject, tags: readonly string[]) =>
  queryOptions({
    queryKey: ['comfy lacking', keyOf(graph), tags],
    queryFn: () => runnerLacking(graph, tags),
    retry: false,
  })
